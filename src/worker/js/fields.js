// fields.js - name=value&name=value, when it is plain: what nearly all queries and forms are, read in one pass.
//
// What is not plain - a repeated name, a plus sign, an escape in a name or one that is no UTF-8 - is left to the full
// parsers (query.js, form.js), which agree on everything else.
import { decodeURIComponent, searchIntact } from './intrinsics.js';

const PLAIN_MAX = 64;       // fields

// undefined when the value must be looked at more closely.
function decode(text) {
	if (text.indexOf('%') < 0)
		return text;
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}

// Returns the fields in an object that inherits nothing, or undefined when the text is not plain.
export function parsePlain(text) {
	if (!searchIntact() || text.indexOf('+') >= 0)
		return undefined;
	const fields = { __proto__: null };
	for (let from = 0, count = 0; from <= text.length; count++) {
		let to = text.indexOf('&', from);
		if (to < 0)
			to = text.length;
		const equals = text.indexOf('=', from);
		if (equals <= from || equals > to || count >= PLAIN_MAX)
			return undefined;
		const name = text.slice(from, equals), value = decode(text.slice(equals + 1, to));
		if (value === undefined || name === '__proto__' || name.indexOf('%') >= 0 || fields[name] !== undefined)
			return undefined;
		fields[name] = value;
		from = to + 1;
	}
	return fields;
}
