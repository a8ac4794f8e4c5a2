// event.js - what a function gets as `event`: the request, the query's fields, the body's fields; the later wins.
import { defineProperty, freeze } from './intrinsics.js';
import { parseBody } from './body.js';
import { parseQs } from './libraries.js';
import { makeRequest } from './request.js';

const NONE = freeze({ __proto__: null });
// Express's own options for its "extended" query parser.
const QUERY_OPTIONS = freeze({ __proto__: null, allowPrototypes: true, arrayLimit: 1000 });

function parseQuery(query) {
	return query === '' ? NONE : parseQs()(query, QUERY_OPTIONS);
}

function settle(event, value) {
	defineProperty(event, 'request',
		{ __proto__: null, value, writable: true, enumerable: true, configurable: true });
	return value;
}

// isCurrent(event): whether the invocation of this event is under way, so that native answers for it.
export function makeEvents(native, isCurrent) {
	function request(event) {
		return settle(event, isCurrent(event) ? makeRequest(native.headers()) : undefined);
	}

	// `request` costs nothing until it is read: most functions never do.
	return function makeEvent(query, type, body) {
		return {
			get request() {
				return request(this);
			},
			set request(value) {
				settle(this, value);
			},
			...parseQuery(query),
			...(type === '' ? NONE : parseBody(native, type, body)),
		};
	};
}
