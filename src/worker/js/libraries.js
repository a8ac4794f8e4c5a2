// libraries.js - the npm packages, each evaluated at its first use: most functions need none of them, and a slot must
// be ready in a few milliseconds. build.mjs puts their texts behind the script, by number.
import { evaluate } from './intrinsics.js';
import bufferNumber from 'library:buffer/';
import checksNumber from 'library:./checks.cjs';
import contentTypeNumber from 'library:content-type';
import eventsNumber from 'library:events/';
import fflateNumber from 'library:fflate';
import hashesNumber from 'library:./hashes.cjs';
import inspectorNumber from 'library:node-inspect-extracted';
import msNumber from 'library:ms';
import parseQsNumber from 'library:qs/lib/parse';
import pathNumber from 'library:path-browserify';
import querystringNumber from 'library:querystring-es3';
import statusesNumber from 'library:statuses';
import structuredCloneNumber from 'library:@ungap/structured-clone#default';
import twimlNumber from 'library:./twiml.cjs';
import urlNumber from 'library:url/';
import urlsNumber from 'library:./urls.cjs';

let textOf;

// Before any library is used.
export function useLibraries(native) {
	textOf = native.library;
}

function lazy(number) {
	let exports;
	return () => {
		if (exports === undefined) {
			const module = { exports: {} };
			evaluate(`(function (module, exports) {${textOf(number)}\n})`)(module, module.exports);
			exports = module.exports;
		}
		return exports;
	};
}

export const buffer = lazy(bufferNumber);
export const checks = lazy(checksNumber);
export const contentType = lazy(contentTypeNumber);
export const events = lazy(eventsNumber);
export const fflate = lazy(fflateNumber);
export const hashes = lazy(hashesNumber);
export const inspector = lazy(inspectorNumber);
export const ms = lazy(msNumber);
export const parseQs = lazy(parseQsNumber);
export const path = lazy(pathNumber);
export const querystring = lazy(querystringNumber);
export const statuses = lazy(statusesNumber);
export const structuredClone = lazy(structuredCloneNumber);
export const twiml = lazy(twimlNumber);
export const url = lazy(urlNumber);
export const urls = lazy(urlsNumber);
