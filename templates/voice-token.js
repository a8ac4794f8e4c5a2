// Hands a user the token with which their app makes and takes phone calls.
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

  // The voice clients take letters, digits and underscores as a name, nothing else.
  if (typeof identity !== 'string' || !/^\w{1,121}$/.test(identity)) {
    response.setStatusCode(400);
    response.setBody({ error: 'Say who you are: identity, in letters, digits and underscores.' });
    return callback(null, response);
  }

  // Whoever can reach this function may call in your name, and you pay. Check here who they are.
  const token = new AccessToken(context.ACCOUNT_SID, context.API_KEY, context.API_SECRET, { identity, ttl: 3600 });
  token.addGrant(
    new AccessToken.VoiceGrant({
      outgoingApplicationSid: context.TWIML_APP_SID, // AP...: the TwiML app that says where a call goes
      incomingAllow: true, // false when the app only calls out
    })
  );
  response.setBody({ identity, token: token.toJwt() });
  return callback(null, response);
};
