// context.js - what a function gets as `context`: system fields, every variable, and the client's maker.
import { Error, freeze, startsWith } from './intrinsics.js';
import { noClient } from './absent.js';

function refuse(message) {
	const error = new Error(message);
	error.name = 'INVALID_CONFIG';
	throw error;
}

// kind: what the variable is called in words; ok: whether its value has the right form.
function check(kind, name, value, ok) {
	if (!value)
		refuse(`Missing ${kind}. Set the variable ${name}, in the project's .env file for example.`);
	if (!ok)
		refuse(`Invalid ${kind}. The variable ${name} does not look like one.`);
}

export function checkSid({ ACCOUNT_SID: sid }) {
	check('Account SID', 'ACCOUNT_SID', sid, sid && sid.length === 34 && startsWith(sid, 'AC'));
}

function checkToken({ AUTH_TOKEN: token }) {
	check('Auth Token', 'AUTH_TOKEN', token, token && token.length === 32);
}

function makeClientMaker(variables) {
	function getTwilioClient() {
		checkSid(variables);
		checkToken(variables);
		throw noClient('context.getTwilioClient()');
	}
	return freeze(getTwilioClient);
}

// Returns (path, host) -> a fresh context. One template a slot is copied whole, which the engine does fast; variables
// come after the system fields and may replace them.
export function makeContexts(variables, settings) {
	const system = {
		PATH: '',
		DOMAIN_NAME: '',
		SERVICE_SID: settings.serviceSid || undefined,
		ENVIRONMENT_SID: settings.environmentSid || undefined,
	};
	const template = { ...system, ...variables, getTwilioClient: makeClientMaker(variables) };
	const ownPath = variables.PATH === undefined, ownDomain = variables.DOMAIN_NAME === undefined;
	return function makeContext(path, host) {
		const context = { ...template };
		if (ownPath)
			context.PATH = path;
		if (ownDomain)
			context.DOMAIN_NAME = host;
		return context;
	};
}
