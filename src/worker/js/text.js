// text.js - TextEncoder, TextDecoder, atob and btoa, on the engine's strings and the native UTF-8 codec.
import { apply, charCodeAt, Error, fromCharCode, min, RangeError, regExpExec, SafeMap, String, toLowerCase, trim, TypeError,
	Uint8Array } from './intrinsics.js';
import { getBuffer } from './buffers.js';

const RUN = 4096;

const LABELS = new SafeMap([
	['utf-8', 'utf-8'], ['utf8', 'utf-8'], ['unicode-1-1-utf-8', 'utf-8'],
	['utf-16le', 'utf-16le'], ['utf-16', 'utf-16le'], ['ucs-2', 'utf-16le'],
	['latin1', 'windows-1252'], ['iso-8859-1', 'windows-1252'], ['ascii', 'windows-1252'], ['us-ascii', 'windows-1252'],
	['windows-1252', 'windows-1252'],
]);

// Bytes 0x80-0x9F of windows-1252 (WHATWG Encoding, index windows-1252); the others are Latin-1.
const HIGH = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

// Builds text in runs: one concatenation a character would be slow for a large body.
function build(length, codeAt) {
	let text = '';
	for (let from = 0; from < length; from += RUN) {
		const codes = [];
		for (let i = from, to = min(from + RUN, length); i < to; i++)
			codes[i - from] = codeAt(i);
		text += apply(fromCharCode, undefined, codes);
	}
	return text;
}

export function decodeUtf16(bytes) {
	const start = bytes.length > 1 && bytes[0] === 0xff && bytes[1] === 0xfe ? 2 : 0;
	return build((bytes.length - start) >> 1, (i) => bytes[start + 2 * i] | (bytes[start + 2 * i + 1] << 8));
}

function decodeSingle(bytes) {
	return build(bytes.length, (i) => {
		const c = bytes[i];
		return c >= 0x80 && c < 0xa0 ? charCodeAt(HIGH, c - 0x80) : c;
	});
}

// How many bytes at the end begin a UTF-8 sequence that is not whole yet.
function pendingTail(bytes) {
	for (let back = 1; back <= min(3, bytes.length); back++) {
		const c = bytes[bytes.length - back];
		if (c >= 0xc0)
			return back < (c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2) ? back : 0;
		if (c < 0x80)
			return 0;
	}
	return 0;
}

function viewOf(input) {
	if (input === undefined)
		return new Uint8Array(0);
	if (ArrayBuffer.isView(input))
		return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
	if (input instanceof ArrayBuffer)
		return new Uint8Array(input);
	throw new TypeError('The "input" argument must be an instance of ArrayBuffer or ArrayBufferView');
}

function concat(a, b) {
	const all = new Uint8Array(a.length + b.length);
	all.set(a);
	all.set(b, a.length);
	return all;
}

export function makeTextClasses(native) {
	class TextEncoder {
		get encoding() {
			return 'utf-8';
		}

		encode(text = '') {
			return native.utf8Encode(`${text}`);
		}

		encodeInto(source, target) {
			const text = `${source}`;
			let read = 0, written = 0;
			while (read < text.length) {
				const point = text.codePointAt(read), step = point > 0xffff ? 2 : 1;
				const bytes = native.utf8Encode(text.slice(read, read + step));
				if (written + bytes.length > target.length)
					break;
				target.set(bytes, written);
				read += step;
				written += bytes.length;
			}
			return { read, written };
		}
	}

	class TextDecoder {
		#encoding;
		#fatal;
		#ignoreBOM;
		#rest = new Uint8Array(0);
		#begun = false;

		constructor(label = 'utf-8', options = {}) {
			this.#encoding = LABELS.get(toLowerCase(trim(String(label))));
			if (this.#encoding === undefined)
				throw new RangeError(`The "${label}" encoding is not supported: use utf-8, utf-16le or latin1`);
			this.#fatal = Boolean(options?.fatal);
			this.#ignoreBOM = Boolean(options?.ignoreBOM);
		}

		get encoding() {
			return this.#encoding;
		}

		get fatal() {
			return this.#fatal;
		}

		get ignoreBOM() {
			return this.#ignoreBOM;
		}

		decode(input, options) {
			let bytes = viewOf(input);
			if (this.#rest.length > 0)
				bytes = concat(this.#rest, bytes);
			const stream = Boolean(options?.stream);
			const tail = stream ? this.#tail(bytes) : 0;
			this.#rest = bytes.slice(bytes.length - tail);
			const text = this.#text(bytes.subarray(0, bytes.length - tail));
			const first = !this.#begun;
			this.#begun = stream && (this.#begun || text !== '');
			return first && !this.#ignoreBOM && text[0] === '\ufeff' ? text.slice(1) : text;
		}

		#tail(bytes) {
			if (this.#encoding === 'utf-8')
				return pendingTail(bytes);
			return this.#encoding === 'utf-16le' ? bytes.length & 1 : 0;
		}

		#text(bytes) {
			if (this.#encoding === 'utf-8')
				return native.utf8Decode(bytes, this.#fatal);
			if (this.#encoding === 'windows-1252')
				return decodeSingle(bytes);
			return build(bytes.length >> 1, (i) => bytes[2 * i] | (bytes[2 * i + 1] << 8));
		}
	}
	return { TextEncoder, TextDecoder };
}

function invalidCharacter(message) {
	const error = new Error(message);
	error.name = 'InvalidCharacterError';
	return error;
}

export function btoa(data) {
	const text = `${data}`;
	for (let i = 0; i < text.length; i++)
		if (charCodeAt(text, i) > 255)
			throw invalidCharacter('Invalid character');
	return getBuffer().from(text, 'latin1').toString('base64');
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

export function atob(data) {
	const text = `${data}`.replace(/[\t\n\f\r ]+/g, '');
	if (!regExpExec(BASE64, text))
		throw invalidCharacter('The string to be decoded is not correctly encoded.');
	return getBuffer().from(text, 'base64').toString('latin1');
}
