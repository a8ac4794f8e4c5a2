// twilio.js - the global Twilio: what functions use of the vendor's library, as a plain object.
import { defineAbsent, notYet } from './absent.js';
import { Response } from './response.js';
import { makeAccessToken } from './token.js';

const LATER = 'It comes in a later version.';
const UNSUPPORTED = ['validateRequest', 'validateRequestWithBody', 'validateExpressRequest', 'validateIncomingRequest',
	'validateBody', 'getExpectedTwilioSignature', 'getExpectedBodyHash', 'webhook', 'Twilio', 'RestException',
	'RequestClient'];
const UNSUPPORTED_TOKENS = ['ClientCapability', 'taskrouter', 'ValidationToken'];

// Names the class that was asked for, not only `twiml`.
function makeTwiml() {
	return new Proxy({}, {
		__proto__: null,
		get(target, key) {
			if (typeof key !== 'string' || key in target)
				return target[key];
			throw notYet(`Twilio.twiml.${key}`, `${LATER} Answer with the XML as a string and Content-Type text/xml.`);
		},
	});
}

export function makeTwilio(native) {
	const jwt = { AccessToken: makeAccessToken(native) };
	defineAbsent(jwt, 'Twilio.jwt.', UNSUPPORTED_TOKENS, LATER);
	const twilio = { jwt, twiml: makeTwiml(), Response };
	defineAbsent(twilio, 'Twilio.', UNSUPPORTED, LATER);
	return twilio;
}
