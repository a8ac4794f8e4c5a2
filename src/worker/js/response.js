// response.js - Twilio.Response: status, headers, cookies and body of an answer.
import { defineProperty, isArray, keys, startsWith, toLowerCase } from './intrinsics.js';

const COOKIES = 'Set-Cookie';

let isResponse;

// A list that holds what `value` holds, flat; nothing yet is an empty one.
function listOf(value) {
	if (value === undefined || value === null)
		return [];
	return isArray(value) ? [...value] : [value];
}

// Plainly where nothing by that name is there or inherited: a setter that a function put on a prototype, or
// __proto__, must not take the value.
function put(headers, name, value) {
	if (!(name in headers))
		headers[name] = value;
	else
		defineProperty(headers, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

function isCookies(name) {
	return name.length === COOKIES.length && toLowerCase(name) === 'set-cookie';
}

function append(headers, key, value) {
	if (typeof value === 'object' && !isArray(value))
		throw new Error('Header value cannot be an object');
	const name = isCookies(`${key}`) ? COOKIES : key;
	const before = headers[name];
	if (name === COOKIES || before)
		put(headers, name, [...listOf(before), ...listOf(value)].flat());
	else
		put(headers, name, value);
}

export class Response {
	// Tells a true Response from an object that only looks like one; a function cannot forge it.
	#made = true;
	body = null;
	statusCode = 200;
	headers = {};

	constructor(options) {
		if (options && options.statusCode)
			this.statusCode = options.statusCode;
		if (options && options.body)
			this.body = options.body;
		if (options && options.headers)
			this.headers = options.headers;
		this.headers[COOKIES] = listOf(this.headers[COOKIES]);
	}

	setStatusCode(statusCode) {
		this.statusCode = statusCode;
		return this;
	}

	setBody(body) {
		this.body = body;
		return this;
	}

	setHeaders(headersObject) {
		if (typeof headersObject !== 'object')
			return this;
		const headers = {};
		if (headersObject !== null)
			for (const name of keys(headersObject))
				append(headers, name, headersObject[name]);
		if (!headers[COOKIES])
			headers[COOKIES] = [];
		this.headers = headers;
		return this;
	}

	appendHeader(key, value) {
		append(this.headers, key, value);
		return this;
	}

	setCookie(key, value, attributes = []) {
		append(this.headers, COOKIES, [key + '=' + value, ...attributes].join(';'));
		return this;
	}

	removeCookie(key) {
		const kept = listOf(this.headers[COOKIES]).filter((cookie) => !startsWith(`${cookie}`, key + '='));
		this.headers[COOKIES] = [...kept, key + '=;Max-Age=0'];
		return this;
	}

	applyToExpressResponse(res) {
		res.status(this.statusCode);
		res.set(this.headers);
		res.send(this.body);
	}

	serialize() {
		return { statusCode: this.statusCode, body: this.body, headers: this.headers };
	}

	static {
		isResponse = (value) => typeof value === 'object' && value !== null && #made in value;
	}
}

export { isResponse };
