// Answers a text message. Give this function's address to your number in the Twilio console ("A message comes in").
// Name the file NAME.protected.js, so that only requests that Twilio has signed get through: AUTH_TOKEN in .env
// is what they are checked with.
exports.handler = function (context, event, callback) {
  const twiml = new Twilio.twiml.MessagingResponse();
  // event.Body is the text, event.From the number it came from. An empty twiml answers nothing.
  twiml.message(`You wrote: ${event.Body || ''}`);
  // The answer is XML, which the callback sees by itself.
  callback(null, twiml);
};
