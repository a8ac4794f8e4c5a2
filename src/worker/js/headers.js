// headers.js - the headers of an answer: from an object of a function's to checked lines.
//
// What leaves here holds only names that are HTTP tokens (RFC 9110 section 5.6.2) and values of tab and Latin-1
// characters that are not controls (section 5.5), so that no value can begin a line of its own.
import { charCodeAt, charCodesIntact, fromCharCode, indexOf, isArray, keys, RangeError, SafeMap, slice, split, startsWith,
	String, toLowerCase, trim, TypeError } from './intrinsics.js';
import { contentType } from './libraries.js';
import { Refusal } from './refusal.js';
import { cloudCookie, HEADERS_MAX, HEADERS_SIZE_MAX } from './strict.js';

const CACHE_MAX = 256;

// How an answer's body decides its content type.
export const NOTHING = 0, TEXT = 1, BYTES = 2;

const ORDINARY = 0, CONTENT_TYPE = 1, DROPPED = 2, COOKIES = 3;

// Framing belongs to the gateway alone: a function's word for it could part one answer into two.
const FRAMING = new SafeMap([['content-length'], ['transfer-encoding'], ['connection'], ['keep-alive'], ['upgrade'],
	['trailer'], ['te']]);

const spelled = new SafeMap();      // a name as spelled -> the record of its lower-case name
const records = new SafeMap();
const finished = [new SafeMap(), new SafeMap(), new SafeMap()];
let round = 0, strict = false;

// The cloud's rules for cookies and the status of headers that are too long, from now on.
export function useCloudRules() {
	strict = true;
}

function isTokenCode(c) {
	if ((c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57))
		return true;
	return c < 128 && indexOf("!#$%&'*+-.^_`|~", fromCharCode(c)) >= 0;
}

function isToken(name) {
	for (let i = 0; i < name.length; i++)
		if (!isTokenCode(charCodeAt(name, i)))
			return false;
	return name.length > 0;
}

function recordOf(name) {
	let record = spelled.get(name);
	if (record)
		return record;
	if (!isToken(name))
		throw new TypeError(`Header name must be a valid HTTP token ["${name}"]`);
	const lower = toLowerCase(name);
	record = records.get(lower);
	if (!record) {
		const kind = lower === 'content-type' ? CONTENT_TYPE : FRAMING.has(lower) ? DROPPED :
			lower === 'set-cookie' ? COOKIES : ORDINARY;
		record = { __proto__: null, lower, kind, round: 0 };
	}
	if (spelled.size >= CACHE_MAX) {
		spelled.clear();
		records.clear();
	}
	spelled.set(name, record);
	records.set(lower, record);
	return record;
}

function isValue(text) {
	if (charCodesIntact()) {
		for (let i = 0; i < text.length; i++) {
			const c = text.charCodeAt(i);
			if ((c < 32 && c !== 9) || c === 127 || c > 255)
				return false;
		}
		return true;
	}
	for (let i = 0; i < text.length; i++) {
		const c = charCodeAt(text, i);
		if ((c < 32 && c !== 9) || c === 127 || c > 255)
			return false;
	}
	return true;
}

function line(name, value) {
	const text = typeof value === 'string' ? value : String(value);
	if (!isValue(text))
		throw new TypeError(`Invalid character in header content ["${name}"]`);
	return name + ': ' + text + '\n';
}

// A repeated line an item, as HTTP writes lists that must not be joined (Set-Cookie).
function lines(name, value) {
	if (!isArray(value))
		return line(name, value);
	let text = '';
	for (let i = 0; i < value.length; i++) {
		text += line(name, value[i]);
		if (i >= HEADERS_MAX || text.length > HEADERS_SIZE_MAX)
			tooLong();
	}
	return text;
}

function cookieLines(name, value) {
	if (!isArray(value))
		return line(name, cloudCookie(String(value)));
	let text = '';
	for (let i = 0; i < value.length && i <= HEADERS_MAX; i++)
		text += line(name, cloudCookie(String(value[i])));
	return text;
}

function tooLong() {
	if (strict)
		throw new Refusal(431, 'Response headers or cookies too long', 510);
	throw new RangeError(`Response headers or cookies too long: at most ${HEADERS_MAX} headers and ${HEADERS_SIZE_MAX} bytes`);
}

// The value of Content-Type as it is sent: text always says utf-8, because that is how it is sent.
function typeFor(value, body) {
	if (isArray(value))
		throw new TypeError('Content-Type cannot be set to an Array');
	const given = String(value);
	const known = finished[body].get(given);
	if (known !== undefined)
		return known;
	const type = typeOf(given, body);
	if (finished[body].size >= CACHE_MAX)
		finished[body].clear();
	finished[body].set(given, type);
	return type;
}

function typeOf(given, body) {
	const slash = indexOf(given, '/');
	if (body === TEXT && slash > 0 && isToken(slice(given, 0, slash)) && isToken(slice(given, slash + 1)))
		return toLowerCase(given) + '; charset=utf-8';
	if (body === TEXT) {
		const { type, parameters } = contentType().parse(given);
		parameters.charset = 'utf-8';
		return contentType().format({ type, parameters });
	}
	const end = indexOf(given, ';');
	const essence = toLowerCase(trim(end < 0 ? given : slice(given, 0, end)));
	const textual = startsWith(essence, 'text/') || startsWith(essence, 'application/json') ||
		startsWith(essence, 'application/javascript');
	return textual && indexOf(toLowerCase(given), 'charset') < 0 ? given + '; charset=utf-8' : given;
}

// Two spellings of one name: the later value wins, in the place of the first, as Node sends them.
function merged(headers, names) {
	const last = new SafeMap();
	for (let i = 0; i < names.length; i++) {
		const value = headers[names[i]];
		if (value !== undefined)
			last.set(recordOf(names[i]).lower, [names[i], value]);
	}
	const result = { __proto__: null };
	last.forEach((pair) => {
		result[pair[0]] = pair[1];
	});
	return result;
}

// headers: a function's object; body: what kind it is; fallback: the type to send when it names none, or ''.
// Returns the lines, or throws a TypeError or RangeError that says what cannot be sent.
export function formatHeaders(headers, body, fallback) {
	const names = keys(headers);
	let text = '', typed = body === NOTHING && fallback === '';
	if (names.length > HEADERS_MAX)
		tooLong();
	round++;
	for (let i = 0; i < names.length; i++) {
		const name = names[i], value = headers[name], record = recordOf(name);
		if (value === undefined || record.kind === DROPPED)
			continue;
		if (record.round === round)
			return formatHeaders(merged(headers, names), body, fallback);
		record.round = round;
		if (record.kind === CONTENT_TYPE) {
			text += line(name, typeFor(value, body));
			typed = true;
		} else if (strict && record.kind === COOKIES) {
			text += cookieLines(name, value);
		} else {
			text += lines(name, value);
		}
	}
	if (text.length > HEADERS_SIZE_MAX || (strict && split(text, '\n').length - 1 > HEADERS_MAX))
		tooLong();
	return typed ? text : text + 'Content-Type: ' + fallback + '\n';
}

// The lines without those that describe a body, for an answer that has none (204, 304).
export function withoutContent(headers) {
	const kept = { __proto__: null };
	const names = keys(headers);
	for (let i = 0; i < names.length; i++)
		if (recordOf(names[i]).kind !== CONTENT_TYPE)
			kept[names[i]] = headers[names[i]];
	return kept;
}
