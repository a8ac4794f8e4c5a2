// twilio.js - the global Twilio: what functions use of the vendor's library, as a plain object.
import { defineAbsent } from './absent.js';
import { Response } from './response.js';
import { makeAccessToken } from './token.js';
import { makeTwiml } from './twiml.js';

const LATER = 'It comes in a later version.';
const UNSUPPORTED = ['validateRequest', 'validateRequestWithBody', 'validateExpressRequest', 'validateIncomingRequest',
	'validateBody', 'getExpectedTwilioSignature', 'getExpectedBodyHash', 'webhook', 'Twilio', 'RestException',
	'RequestClient'];
const UNSUPPORTED_TOKENS = ['ClientCapability', 'taskrouter', 'ValidationToken'];

export function makeTwilio(native) {
	const jwt = { AccessToken: makeAccessToken(native) };
	defineAbsent(jwt, 'Twilio.jwt.', UNSUPPORTED_TOKENS, LATER);
	const twilio = { jwt, twiml: makeTwiml(), Response };
	defineAbsent(twilio, 'Twilio.', UNSUPPORTED, LATER);
	return twilio;
}
