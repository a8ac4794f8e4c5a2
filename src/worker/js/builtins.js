// builtins.js - the modules of Node that require() finds: name -> () => exports, each made at its first use.
import { SafeMap } from './intrinsics.js';
import { getBuffer } from './buffers.js';
import { makeCrypto } from './crypto.js';
import { makeFs } from './files.js';
import { checks, events, inspector, path, querystring, url, urls } from './libraries.js';

function once(make) {
	let made;
	return () => (made ??= make());
}

// Node's own format for values, as in the console.
function makeUtil() {
	const { inspect, format, formatWithOptions } = inspector();
	const { TextEncoder, TextDecoder } = globalThis;
	return { ...checks().util, inspect, format, formatWithOptions, TextEncoder, TextDecoder };
}

function makePath() {
	const posix = { ...path() };
	posix.posix = posix;
	return posix;
}

// parts: console, process, timers, webcrypto of the slot; numberOf, bytesOf, textOf: the files (files.js).
export function makeBuiltins(native, { console, process, timers, webcrypto, numberOf, bytesOf, textOf }) {
	const assert = once(() => checks().assert), makePosix = once(makePath);
	return new SafeMap([
		['assert', assert],
		['assert/strict', () => assert().strict],
		['buffer', once(() => ({ Buffer: getBuffer(), atob: globalThis.atob, btoa: globalThis.btoa }))],
		['console', () => console],
		['crypto', once(() => makeCrypto(native, webcrypto))],
		['events', events],
		['fs', once(() => makeFs(numberOf, bytesOf, textOf))],
		['path', makePosix],
		['path/posix', makePosix],
		['process', () => process],
		['querystring', querystring],
		['timers', () => timers],
		['url', once(() => ({ ...url(), ...urls() }))],
		['util', once(makeUtil)],
	]);
}
