// cookies.js - the Cookie header as an object: the first of a name wins, values are decoded where they can be.
import { decodeURIComponent, indexOf, parse, slice, split, startsWith, trim } from './intrinsics.js';

function unquoted(value) {
	return value[0] === '"' ? slice(value, 1, -1) : value;
}

function decoded(value) {
	if (indexOf(value, '%') < 0)
		return value;
	try {
		return decodeURIComponent(value);
	} catch {
		return value;
	}
}

// "j:" marks a value as JSON; what is no JSON, or nothing, stays the text it is.
function revived(value) {
	if (!startsWith(value, 'j:'))
		return value;
	try {
		return parse(slice(value, 2)) || value;
	} catch {
		return value;
	}
}

export function parseCookies(header) {
	if (header === '')
		return {};
	const jar = { __proto__: null };
	const pairs = split(header, ';');
	for (let i = 0; i < pairs.length; i++) {
		const equals = indexOf(pairs[i], '=');
		if (equals < 0)
			continue;
		const name = trim(slice(pairs[i], 0, equals));
		if (name !== '__proto__' && jar[name] === undefined)
			jar[name] = revived(decoded(unquoted(trim(slice(pairs[i], equals + 1)))));
	}
	return { ...jar };
}
