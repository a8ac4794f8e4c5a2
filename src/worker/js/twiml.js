// twiml.js - Twilio.twiml: the vendor's classes, made at their first use, and known here when they were.
import { defineProperty, keys, Object, uncurry } from './intrinsics.js';
import { twiml } from './libraries.js';

const isPrototypeOf = uncurry(Object.prototype.isPrototypeOf);

const NAMES = ['VoiceResponse', 'MessagingResponse', 'FaxResponse'];
let prototypes;

function load() {
	const classes = twiml();
	if (prototypes === undefined) {
		prototypes = [];
		for (const name of keys(classes))
			prototypes.push(classes[name].prototype);
	}
	return classes;
}

export function makeTwiml() {
	const object = {};
	for (const name of NAMES)
		defineProperty(object, name, { __proto__: null, get: () => load()[name], enumerable: true, configurable: true });
	return object;
}

// Whether the value is an instance of one: a look-alike is an object as any other.
export function isTwiml(value) {
	if (prototypes === undefined)
		return false;
	for (let i = 0; i < NAMES.length; i++)
		if (isPrototypeOf(prototypes[i], value))
			return true;
	return false;
}
