// reply.js - what a function gave its callback, as status, headers and body.
import { Object, RangeError, startsWith, String, stringify, TypeError, uncurry } from './intrinsics.js';
import { BYTES, formatHeaders, NOTHING, TEXT, withoutContent } from './headers.js';
import { loadedBuffer } from './buffers.js';
import { statuses } from './libraries.js';
import { isResponse } from './response.js';
import { isTwiml } from './twiml.js';

const TEXT_PLAIN = 'text/plain; charset=utf-8';
const TEXT_HTML = 'text/html; charset=utf-8';
const TEXT_XML = 'text/xml; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

const isView = ArrayBuffer.isView;
const isPrototypeOf = uncurry(Object.prototype.isPrototypeOf);

function isBuffer(value) {
	const Buffer = loadedBuffer();
	return Buffer !== undefined && isView(value) && isPrototypeOf(Buffer.prototype, value);
}

function unsendable(value) {
	const received = typeof value === 'symbol' ? `type symbol (${String(value)})` : `function ${value.name}`;
	return new TypeError('The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or ' +
		`an Array-like Object. Received ${received}`);
}

// A final answer is 2xx to 5xx: 1xx would leave the client waiting, and larger numbers have no class (RFC 9110 section 15).
function statusOf(code) {
	const status = code | 0;
	if (status < 200 || status > 599)
		throw new RangeError(`Invalid status code: ${String(code)}`);
	return status;
}

// Calls use(kind, type, body) with what a value that is no Response is sent as.
function encode(value, use) {
	switch (typeof value) {
	case 'string':
		return use(TEXT, TEXT_HTML, value);
	case 'undefined':
		return use(NOTHING, '', undefined);
	case 'symbol':
	case 'function':
		throw unsendable(value);
	}
	if (value === null)
		return use(NOTHING, '', undefined);
	if (typeof value === 'object' && isBuffer(value))
		return use(BYTES, 'application/octet-stream', value);
	const text = stringify(value);
	return use(TEXT, JSON_TYPE, text === undefined ? '' : text);
}

// A number as a Response's body is the status, and its reason the text: what Express does with it.
function numberedReply(code, headers) {
	const status = statusOf(code), reason = statuses().message[status];
	return reply(status, headers, reason === undefined ? NOTHING : TEXT, reason === undefined ? '' : TEXT_PLAIN, reason);
}

function reply(status, headers, kind, type, body) {
	if (status === 204 || status === 304 || status === 205)
		return { status, headers: formatHeaders(withoutContent(headers), NOTHING, ''), body: undefined };
	return { status, headers: formatHeaders(headers, kind, type), body };
}

function responseReply(response, quoted) {
	const status = response.statusCode, headers = response.headers;
	let body = response.body;
	if (quoted && body !== undefined) {
		const type = headers['Content-Type'];
		if (typeof type === 'string' && startsWith(type, 'application/json'))
			body = stringify(body);
	}
	if (typeof body === 'number')
		return numberedReply(body, headers);
	if (typeof body === 'string')
		return reply(statusOf(status), headers, TEXT, TEXT_HTML, body);
	return encode(body, (kind, type, bytes) => reply(statusOf(status), headers, kind, type, bytes));
}

const PLAIN_LINE = `Content-Type: ${TEXT_PLAIN}\n`;
const XML_LINE = `Content-Type: ${TEXT_XML}\n`;

// payload: the callback's second argument; quoted: JSON-encode a Response's body that says application/json.
// Returns { status, headers, body } for native.answer, or throws what makes it unsendable.
export function formatReply(payload, quoted) {
	if (typeof payload === 'string')
		return { status: 200, headers: PLAIN_LINE, body: payload };
	if (isResponse(payload))
		return responseReply(payload, quoted);
	if (isTwiml(payload))
		return { status: 200, headers: XML_LINE, body: `${payload}` };
	return encode(payload, (kind, type, body) =>
		({ status: 200, headers: type ? `Content-Type: ${type}\n` : '', body }));
}
