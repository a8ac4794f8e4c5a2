// query.js - the query string's fields, as the npm package qs reads them: by the package itself, unless they are plain.
import { freeze, indexOf } from './intrinsics.js';
import { parsePlain } from './fields.js';
import { parseQs } from './libraries.js';

// Express's own options for its "extended" query parser.
const OPTIONS = freeze({ __proto__: null, allowPrototypes: true, arrayLimit: 1000 });

export function parseQuery(query) {
	if (indexOf(query, ']') < 0) {
		const fields = parsePlain(query);
		if (fields !== undefined)
			return fields;
	}
	return parseQs()(query, OPTIONS);
}
