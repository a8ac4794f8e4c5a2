// strict.js - the rules that the vendor's cloud has and its local tool has not: --cloud-strict.
import { indexOf, Number, slice, split, toLowerCase, trim } from './intrinsics.js';
import { Refusal } from './refusal.js';

export const HEADERS_MAX = 90, HEADERS_SIZE_MAX = 15 * 1024;

const DAY = 24 * 60 * 60;
const now = Date.now, parseDate = Date.parse;

// headers: [name, value, ...]; body: as hooks.invoke gets it.
export function checkRequest(method, headers, body) {
	if (method !== 'GET' && method !== 'POST' && method !== 'OPTIONS')
		throw new Refusal(405, `The cloud's functions answer GET, POST and OPTIONS, not ${method}.`, 423);
	if (method === 'GET' && body !== '')
		throw new Refusal(403, 'A GET request with a body is forbidden in the cloud.', 422);
	let size = 0;
	for (let i = 0; i < headers.length; i += 2)
		size += headers[i].length + headers[i + 1].length;
	if (headers.length / 2 > HEADERS_MAX || size > HEADERS_SIZE_MAX)
		throw new Refusal(431, 'Request headers or cookies too long');
}

function attributeOf(text) {
	const equals = indexOf(text, '=');
	return equals < 0 ? [toLowerCase(trim(text)), ''] : [toLowerCase(trim(slice(text, 0, equals))), trim(slice(text, equals + 1))];
}

function checkAge(maxAge, expires) {
	const seconds = maxAge !== undefined ? Number(maxAge) : expires !== undefined ? (parseDate(expires) - now()) / 1000 : 0;
	if (seconds > DAY)
		throw new Refusal(400, 'Cookies max-age cannot be greater than a day', 424);
}

// A Set-Cookie line as the cloud sends it: HttpOnly and Secure, no Domain, at most a day; Max-Age goes before Expires
// (RFC 6265 section 5.3).
export function cloudCookie(text) {
	const parts = split(text, ';');
	let line = parts[0], isHttpOnly = false, isSecure = false, maxAge, expires = '';
	let date;
	for (let i = 1; i < parts.length; i++) {
		const pair = attributeOf(parts[i]);
		if (pair[0] === 'expires') {
			date = pair[1];
			expires = ';' + parts[i];
			continue;
		}
		if (pair[0] === 'domain')
			continue;
		if (pair[0] === 'max-age')
			maxAge = pair[1];
		isHttpOnly ||= pair[0] === 'httponly';
		isSecure ||= pair[0] === 'secure';
		line += ';' + parts[i];
	}
	checkAge(maxAge, date);
	if (maxAge === undefined)
		line += expires;
	return line + (isHttpOnly ? '' : ';HttpOnly') + (isSecure ? '' : ';Secure');
}
