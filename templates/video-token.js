// Hands a user the token that lets their app into one video room.
//   POST {"identity": "alice", "room": "daily"}  ->  {"identity": "alice", "room": "daily", "token": "eyJ..."}
const { AccessToken } = Twilio.jwt;

exports.handler = function (context, event, callback) {
  const { identity, room } = event;
  const response = new Twilio.Response();
  response.setHeaders({
    // '*' lets any page ask. Name your own site here before you go live.
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Headers': 'Content-Type',
  });

  // A token for nobody is refused by every client library, and one without a room opens all of them.
  if (typeof identity !== 'string' || identity === '' || typeof room !== 'string' || room === '') {
    response.setStatusCode(400);
    response.setBody({ error: 'Say who you are and where you want to go: identity and room.' });
    return callback(null, response);
  }

  // Whoever can reach this function gets in under the name they give. Check here who they are: a session, a password.
  const token = new AccessToken(context.ACCOUNT_SID, context.API_KEY, context.API_SECRET, {
    identity,
    ttl: 3600, // seconds; 24 hours at most
  });
  token.addGrant(new AccessToken.VideoGrant({ room }));
  response.setBody({ identity, room, token: token.toJwt() });
  return callback(null, response);
};
