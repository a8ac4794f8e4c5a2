// globals.js - what a function finds on globalThis beside the language, most of it made at its first use.
import { defineProperty, Error, max, TypeError, Uint8Array } from './intrinsics.js';
import { defineAbsent, notYet } from './absent.js';
import { getBuffer } from './buffers.js';
import { structuredClone, urls } from './libraries.js';
import { atob, btoa, makeTextClasses } from './text.js';

function define(name, value) {
	defineProperty(globalThis, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

function defineLazy(name, load) {
	defineProperty(globalThis, name, {
		__proto__: null,
		get() {
			// A library that looks for the engine's own must not find itself.
			define(name, undefined);
			const value = load();
			define(name, value);
			return value;
		},
		set(value) {
			define(name, value);
		},
		enumerable: false,
		configurable: true,
	});
}

function hex(bytes, from, to) {
	let text = '';
	for (let i = from; i < to; i++)
		text += (bytes[i] < 16 ? '0' : '') + bytes[i].toString(16);
	return text;
}

export function makeWebCrypto(native) {
	const crypto = {
		getRandomValues(array) {
			if (!ArrayBuffer.isView(array) || array instanceof DataView || array instanceof Float32Array ||
				array instanceof Float64Array)
				throw new TypeError('The data argument must be an integer-type TypedArray');
			if (array.byteLength > 65536)
				throw new Error('The requested length exceeds 65,536 bytes');
			new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(native.randomBytes(array.byteLength));
			return array;
		},
		randomUUID() {
			const b = native.randomBytes(16);
			b[6] = (b[6] & 0x0f) | 0x40;    // version 4 (RFC 9562 section 5.4)
			b[8] = (b[8] & 0x3f) | 0x80;
			return [hex(b, 0, 4), hex(b, 4, 6), hex(b, 6, 8), hex(b, 8, 10), hex(b, 10, 16)].join('-');
		},
	};
	defineAbsent(crypto, 'crypto.', ['subtle'], 'It comes in a later version.');
	return crypto;
}

function makePerformance(native) {
	const start = native.now(), timeOrigin = Date.now();
	return { timeOrigin, now: () => max(0, native.now() - start) };
}

// parts: the makers of what needs the slot: console, process, timers, queueMicrotask, crypto, Twilio, Response, Runtime.
export function installGlobals(native, parts) {
	const { TextEncoder, TextDecoder } = makeTextClasses(native);
	for (const name of Object.keys(parts))
		define(name, parts[name]);
	define('global', globalThis);
	define('TextEncoder', TextEncoder);
	define('TextDecoder', TextDecoder);
	define('atob', atob);
	define('btoa', btoa);
	define('performance', makePerformance(native));
	define('fetch', function fetch() {
		throw notYet('fetch()', 'Requests to other servers come in a later version.');
	});
	defineLazy('Buffer', getBuffer);
	defineLazy('URL', () => urls().URL);
	defineLazy('URLSearchParams', () => urls().URLSearchParams);
	defineLazy('structuredClone', structuredClone);
}
