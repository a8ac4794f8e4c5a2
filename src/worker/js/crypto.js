// crypto.js - require('crypto'): hashes, HMACs, random values and comparing; what is missing says so by name.
import { Error, keys, RangeError, SafeMap, TypeError, Uint8Array } from './intrinsics.js';
import { notYet } from './absent.js';
import { getBuffer } from './buffers.js';
import { hashes } from './libraries.js';

function bytesOf(data, encoding) {
	if (typeof data === 'string')
		return getBuffer().from(data, encoding === 'buffer' ? undefined : encoding);
	if (ArrayBuffer.isView(data))
		return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
	if (data instanceof ArrayBuffer)
		return new Uint8Array(data);
	throw new TypeError('The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView.');
}

function hashOf(algorithm) {
	const all = hashes().hashes, name = `${algorithm}`.toLowerCase().replace(/^(rsa-)?sha-?/, 'sha');
	if (!Object.hasOwn(all, name))
		throw new Error(`Roomkey has no digest "${algorithm}". It has ${keys(all).join(', ')}.`);
	return all[name];
}

// A digest under way, as Node's Hash and Hmac are.
class Digest {
	#state;
	#ended = false;

	constructor(state) {
		this.#state = state;
	}

	update(data, encoding) {
		if (this.#ended)
			throw new Error('Digest already called');
		this.#state.update(bytesOf(data, encoding));
		return this;
	}

	digest(encoding) {
		if (this.#ended)
			throw new Error('Digest already called');
		this.#ended = true;
		const bytes = getBuffer().from(this.#state.digest());
		return encoding && encoding !== 'buffer' ? bytes.toString(encoding) : bytes;
	}
}

function timingSafeEqual(a, b) {
	const x = bytesOf(a), y = bytesOf(b);
	if (typeof a === 'string' || typeof b === 'string')
		throw new TypeError('The arguments must be instances of ArrayBuffer, Buffer, TypedArray, or DataView.');
	if (x.length !== y.length)
		throw new RangeError('Input buffers must have the same byte length');
	let differ = 0;
	for (let i = 0; i < x.length; i++)
		differ |= x[i] ^ y[i];
	return differ === 0;
}

// webcrypto: the global `crypto`, whose random values these are.
export function makeCrypto(native, webcrypto) {
	function randomBytes(size, callback) {
		const bytes = getBuffer().from(native.randomBytes(size).buffer);
		if (typeof callback !== 'function')
			return bytes;
		callback(null, bytes);
	}

	// Uniform: numbers past the last whole range are drawn again.
	function randomInt(min, max) {
		if (max === undefined)
			[min, max] = [0, min];
		const range = max - min;
		if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || range <= 0 || range > 2 ** 48 - 1)
			throw new RangeError('randomInt() takes safe integers, min below max');
		const end = 2 ** 48 - 2 ** 48 % range;
		for (;;) {
			const number = native.randomBytes(6).reduce((sum, byte) => sum * 256 + byte, 0);
			if (number < end)
				return min + number % range;
		}
	}

	const crypto = {
		createHash: (algorithm) => new Digest(hashOf(algorithm).create()),
		createHmac: (algorithm, key) => new Digest(hashes().hmac.create(hashOf(algorithm), bytesOf(key))),
		getHashes: () => keys(hashes().hashes),
		getRandomValues: webcrypto.getRandomValues,
		randomBytes,
		randomInt,
		randomUUID: webcrypto.randomUUID,
		timingSafeEqual,
		webcrypto,
	};
	return new Proxy(crypto, {
		__proto__: null,
		get(target, key) {
			if (typeof key !== 'string' || key in target || key === 'then' || key === '__esModule')
				return target[key];
			throw notYet(`crypto.${key}`, `It has ${keys(target).join(', ')}.`);
		},
	});
}
