// Hands a user the token with which their app joins conversations.
//   POST {"identity": "alice"}  ->  {"identity": "alice", "token": "eyJ..."}
const { AccessToken } = Twilio.jwt;

exports.handler = function (context, event, callback) {
  const { identity } = event;
  const response = new Twilio.Response();
  response.setHeaders({
    // '*' lets any page ask. Name your own site here before you go live.
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Headers': 'Content-Type',
  });

  if (typeof identity !== 'string' || identity === '') {
    response.setStatusCode(400);
    response.setBody({ error: 'Say who you are: identity.' });
    return callback(null, response);
  }

  // Whoever can reach this function reads and writes as the name they give. Check here who they are.
  const token = new AccessToken(context.ACCOUNT_SID, context.API_KEY, context.API_SECRET, { identity, ttl: 3600 });
  // Conversations uses the grant that is called Chat. IS...: the service that holds the conversations.
  token.addGrant(new AccessToken.ChatGrant({ serviceSid: context.CHAT_SERVICE_SID }));
  response.setBody({ identity, token: token.toJwt() });
  return callback(null, response);
};
