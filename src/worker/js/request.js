// request.js - event.request: the headers a function may see, and its cookies.
import { isArray, SafeMap, startsWith, toLowerCase } from './intrinsics.js';
import { parseCookies } from './cookies.js';

const HIDDEN = new SafeMap([['via'], ['referer'], ['transfer-encoding'], ['proxy-authorization'], ['proxy-authenticate'],
	['x-real-ip'], ['connection'], ['proxy-connection'], ['expect'], ['trailer'], ['upgrade']]);
const HIDDEN_PREFIXES = ['i-twilio-', 'i-t-', 'ot-', 'x-amz', 'x-forwarded-', 'x-accel-'];

const KNOWN_MAX = 256;
const known = new SafeMap();        // a name as received -> in lower case, '' when it is hidden

function isHidden(name) {
	if (HIDDEN.has(name))
		return true;
	for (let i = 0; i < HIDDEN_PREFIXES.length; i++)
		if (startsWith(name, HIDDEN_PREFIXES[i]))
			return true;
	return false;
}

// The name that a function sees, or ''.
function nameOf(received) {
	let name = known.get(received);
	if (name === undefined) {
		name = toLowerCase(received);
		if (isHidden(name))
			name = '';
		if (known.size >= KNOWN_MAX)
			known.clear();
		known.set(received, name);
	}
	return name;
}

function add(headers, name, value) {
	const before = headers[name];
	if (before === undefined)
		headers[name] = value;
	else if (isArray(before))
		before[before.length] = value;
	else
		headers[name] = [before, value];
}

// pairs: [name, value, name, value, ...] as received.
export function makeRequest(pairs) {
	const headers = { __proto__: null };
	let cookies = '';
	for (let i = 0; i < pairs.length; i += 2) {
		const name = nameOf(pairs[i]);
		if (name === 'cookie')
			cookies += cookies === '' ? pairs[i + 1] : '; ' + pairs[i + 1];
		if (name !== '')
			add(headers, name, pairs[i + 1]);
	}
	// The spread keeps a header named __proto__ a plain member.
	return { headers: { ...headers }, cookies: parseCookies(cookies) };
}
