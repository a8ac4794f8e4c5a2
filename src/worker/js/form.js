// form.js - application/x-www-form-urlencoded bodies, flat: brackets stay in the names, a repeated name is a list.
import { decodeURIComponent, fromCharCode, indexOf, isArray, regExpExec, slice, split, Uint8Array } from './intrinsics.js';
import { parsePlain } from './fields.js';
import { Refusal } from './refusal.js';

const PARAMETERS_MAX = 1000;
const HEX = /^[0-9A-Fa-f]{2}$/;

function spaced(text) {
	if (indexOf(text, '+') < 0)
		return text;
	const pieces = split(text, '+');
	let result = pieces[0];
	for (let i = 1; i < pieces.length; i++)
		result += ' ' + pieces[i];
	return result;
}

// Percent sequences that are no UTF-8 become U+FFFD, and those that are none stay: byte by byte.
function decodeBytes(text, native) {
	const raw = native.utf8Encode(text), bytes = new Uint8Array(raw.length);
	let n = 0;
	for (let i = 0; i < raw.length; i++) {
		const digits = raw[i] === 37 && i + 2 < raw.length ? fromCharCode(raw[i + 1], raw[i + 2]) : '';
		if (regExpExec(HEX, digits)) {
			bytes[n++] = +`0x${digits}`;
			i += 2;
		} else {
			bytes[n++] = raw[i];
		}
	}
	const exact = new Uint8Array(n);
	for (let i = 0; i < n; i++)
		exact[i] = bytes[i];
	return native.utf8Decode(exact, false);
}

function decode(text, native) {
	const plain = spaced(text);
	if (indexOf(plain, '%') < 0)
		return plain;
	try {
		return decodeURIComponent(plain);
	} catch {
		return decodeBytes(plain, native);
	}
}

function add(fields, name, value) {
	const before = fields[name];
	if (before === undefined)
		fields[name] = value;
	else if (isArray(before))
		before[before.length] = value;
	else
		fields[name] = [before, value];
}

// Returns the fields in an object that inherits nothing; throws a Refusal.
export function parseForm(text, native) {
	const plain = parsePlain(text);
	if (plain !== undefined)
		return plain;
	const fields = { __proto__: null };
	const pairs = split(text, '&');
	if (pairs.length > PARAMETERS_MAX)
		throw new Refusal(413, `The form has more than ${PARAMETERS_MAX} parameters.`);
	for (let i = 0; i < pairs.length; i++) {
		const pair = pairs[i];
		if (pair === '')
			continue;
		const equals = indexOf(pair, '=');
		if (equals < 0)
			add(fields, decode(pair, native), '');
		else
			add(fields, decode(slice(pair, 0, equals), native), decode(slice(pair, equals + 1), native));
	}
	return fields;
}
