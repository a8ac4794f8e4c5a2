// errors.js - what a function threw or gave as an error, as a message, a name and a stack for people.
//
// A stack names only files of the project: frames of ours and of the engine are cut, so that nothing of the host or of
// this program shows.
import { Error, isArray, regExpExec, SafeMap, split, String, stringify, uncurry } from './intrinsics.js';

const TEXT_MAX = 65536;
const FRAMES_MAX = 50;

const toStringTag = uncurry(globalThis.Object.prototype.toString);
const FRAME = /^(?:([^@]*)@)?(.*):(\d+):(\d+)$/;
const UNNAMED = new SafeMap([['global code'], ['module code'], ['eval code'], ['anonymous'], ['']]);


export function isError(value) {
	try {
		return value instanceof Error || toStringTag(value) === '[object Error]';
	} catch {
		return false;
	}
}

// files: names of the project's files, as frames name them; cut: bounds a text (inspect.js).
export function makeErrors(files, cut) {
	const known = new SafeMap();
	for (const file of files)
		known.set(file, true);

	// Reads a member that may be a hostile getter's or proxy's.
	function read(object, key) {
		try {
			const value = object[key];
			return typeof value === 'string' ? cut(value, TEXT_MAX) : undefined;
		} catch {
			return undefined;
		}
	}

	function wordsFor(value) {
		try {
			if (typeof value === 'function')
				return stringify(`[Function: ${value.name || 'anonymous'}]`);
			return cut(stringify(value) ?? String(value), TEXT_MAX);
		} catch {
			return String(typeof value === 'bigint' ? value : typeof value);
		}
	}

	function frame(text) {
		const parts = regExpExec(FRAME, text);
		if (!parts || !known.has(parts[2]))
			return '';
		const place = `${parts[2]}:${parts[3]}:${parts[4]}`, name = parts[1] ?? '';
		return UNNAMED.has(name) ? `\n    at ${place}` : `\n    at ${name} (${place})`;
	}

	function frames(stack) {
		if (stack === undefined)
			return '';
		const rows = split(stack, '\n');
		let text = '';
		for (let i = 0; i < rows.length && i < FRAMES_MAX; i++)
			text += frame(rows[i]);
		return text;
	}

	// -> { message, name, stack }, strings, of any value at all; never throws.
	function describe(value) {
		if (isError(value)) {
			const name = read(value, 'name') ?? 'Error', message = read(value, 'message') ?? '';
			const head = message === '' ? name : `${name}: ${message}`;
			return { __proto__: null, message, name, stack: head + frames(read(value, 'stack')) };
		}
		let list = false;
		try {
			list = isArray(value);
		} catch {
			// a revoked proxy
		}
		if (typeof value === 'object' && value !== null && !list) {
			const name = read(value, 'name') ?? 'Error', message = read(value, 'message') ?? '';
			return { __proto__: null, message, name, stack: `${name}: ${message}` };
		}
		const message = wordsFor(value);
		return { __proto__: null, message, name: 'NonError', stack: `NonError: ${message}` };
	}

	return { describe, frames };
}

// The error that stands for a rejection nobody handled whose reason is no Error.
export function unhandledRejection(reason) {
	let words;
	try {
		words = typeof reason === 'object' && reason !== null ? '#<Object>' : String(reason);
	} catch {
		words = typeof reason;
	}
	const error = new Error('This error originated either by throwing inside of an async function without a catch block, ' +
		'or by rejecting a promise which was not handled with .catch(). ' +
		`The promise rejected with the reason "${words}".`);
	error.name = 'UnhandledPromiseRejection';
	error.code = 'ERR_UNHANDLED_REJECTION';
	return error;
}
