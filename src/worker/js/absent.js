// absent.js - what Twilio's cloud offers and Roomkey does not have yet: it says so by name when it is touched.
import { defineProperty, Error } from './intrinsics.js';

export function notYet(name, wayOut) {
	const error = new Error(`${name} is not available in Roomkey yet.${wayOut ? ' ' + wayOut : ''}`);
	error.name = 'NotAvailableError';
	error.code = 'ROOMKEY_NOT_AVAILABLE';
	return error;
}

// What needs the vendor's REST API.
export function noClient(name) {
	return notYet(name, "The REST client comes in a later version; call Twilio's REST API from your own server until then. " +
		'Access tokens need no client: Twilio.jwt.AccessToken mints them.');
}

// Members that throw when read; not enumerable, so that copying the object does not touch them. A function may assign
// its own.
export function defineAbsent(object, prefix, names, wayOut) {
	for (const name of names)
		defineProperty(object, name, {
			__proto__: null,
			get() {
				throw notYet(prefix + name, wayOut);
			},
			set(value) {
				defineProperty(object, name,
					{ __proto__: null, value, writable: true, enumerable: true, configurable: true });
			},
			configurable: true,
		});
}
