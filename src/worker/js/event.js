// event.js - what a function gets as `event`: the request, the query's fields, the body's fields; the later wins.
import { defineProperty, freeze } from './intrinsics.js';
import { parseBody } from './body.js';
import { inspectValue } from './inspect.js';
import { parseQuery } from './query.js';
import { makeRequest } from './request.js';

const NONE = freeze({ __proto__: null });
const LOG_INFO = 2;

function settle(event, value) {
	defineProperty(event, 'request',
		{ __proto__: null, value, writable: true, enumerable: true, configurable: true });
	return value;
}

// isCurrent(event): whether the invocation of this event is under way, so that native answers for it.
export function makeEvents(native, isCurrent) {
	const { detailed } = native.settings;

	function request(event) {
		return settle(event, isCurrent(event) ? makeRequest(native.headers()) : undefined);
	}

	// --detailed-logs: the fields by name and value; the log is masked (worker/mask.h).
	function tell(query, fields) {
		if (query !== NONE)
			native.log(LOG_INFO, `Query: ${inspectValue({ ...query })}`);
		if (fields !== NONE)
			native.log(LOG_INFO, `Body: ${inspectValue({ ...fields })}`);
	}

	// `request` costs nothing until it is read: most functions never do.
	return function makeEvent(query, type, body) {
		const parameters = query === '' ? NONE : parseQuery(query);
		const fields = type === '' ? NONE : parseBody(native, type, body);
		if (detailed)
			tell(parameters, fields);
		return {
			get request() {
				return request(this);
			},
			set request(value) {
				settle(this, value);
			},
			...parameters,
			...fields,
		};
	};
}
