// twiml.cjs - the vendor's own TwiML classes, as one library of libraries.js.
module.exports = {
	VoiceResponse: require('twilio/lib/twiml/VoiceResponse'),
	MessagingResponse: require('twilio/lib/twiml/MessagingResponse'),
	FaxResponse: require('twilio/lib/twiml/FaxResponse'),
};
