// libraries.js - the npm packages, each evaluated at its first use: most functions need none of them, and a slot must
// be ready in a few milliseconds. build.mjs puts them into the bundle as text.
import { evaluate } from './intrinsics.js';
import bufferText from 'library:buffer/';
import contentTypeText from 'library:content-type';
import fflateText from 'library:fflate';
import inspectorText from 'library:node-inspect-extracted';
import msText from 'library:ms';
import parseQsText from 'library:qs/lib/parse';
import statusesText from 'library:statuses';
import structuredCloneText from 'library:@ungap/structured-clone#default';
import urlsText from 'library:./urls.cjs';

function lazy(text) {
	let exports;
	return () => {
		if (exports === undefined) {
			const module = { exports: {} };
			evaluate(`(function (module, exports) {${text}\n})`)(module, module.exports);
			exports = module.exports;
		}
		return exports;
	};
}

export const buffer = lazy(bufferText);
export const contentType = lazy(contentTypeText);
export const fflate = lazy(fflateText);
export const inspector = lazy(inspectorText);
export const ms = lazy(msText);
export const parseQs = lazy(parseQsText);
export const statuses = lazy(statusesText);
export const structuredClone = lazy(structuredCloneText);
export const urls = lazy(urlsText);
