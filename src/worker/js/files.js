// files.js - require('fs'): reads the files of the deployment by the paths that Runtime gave; there are no others.
import { Error, SafeMap, TypeError } from './intrinsics.js';
import { getBuffer } from './buffers.js';

const BYTES = new SafeMap([['buffer'], ['binary'], ['latin1'], ['hex'], ['base64'], ['base64url'], ['ascii'], ['utf16le'],
	['ucs2'], ['utf-16le']]);

function missing(path) {
	const error = new Error(`ENOENT: no such file or directory, open '${path}'`);
	error.errno = -2;
	error.code = 'ENOENT';
	error.syscall = 'open';
	error.path = path;
	return error;
}

function refuse(name) {
	throw new Error(`fs.${name}() is not available in Roomkey: a function may read the files of its own deployment, with ` +
		'readFileSync() and existsSync() and a path of Runtime.getAssets() or Runtime.getFunctions(), and no others.');
}

// numberOf(path): of a file, or undefined; bytesOf and textOf take that number.
export function makeFs(numberOf, bytesOf, textOf) {
	const fs = {
		existsSync: (path) => typeof path === 'string' && numberOf(path) !== undefined,
		readFileSync(path, options) {
			if (typeof path !== 'string')
				throw new TypeError(`The "path" argument must be of type string. Received ${typeof path}`);
			const encoding = typeof options === 'string' ? options : options?.encoding, number = numberOf(path);
			if (number === undefined)
				throw missing(path);
			if (encoding !== undefined && encoding !== null && !BYTES.has(encoding))
				return textOf(number);
			const bytes = getBuffer().from(bytesOf(number).buffer);
			return encoding && encoding !== 'buffer' ? bytes.toString(encoding) : bytes;
		},
	};
	return new Proxy(fs, {
		__proto__: null,
		get(target, key) {
			if (typeof key !== 'string' || key in target || key === 'then' || key === '__esModule')
				return target[key];
			return () => refuse(key);
		},
	});
}
