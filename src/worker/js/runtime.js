// runtime.js - the global Runtime: the project's own functions by path; assets and Sync come later.
import { notYet } from './absent.js';

// The files of a deployment have no place on this machine: their paths begin at the project.
export function pathOf(file) {
	return `/${file}`;
}

export function makeRuntime(functions) {
	function getFunctions() {
		const map = {};
		for (const { path, file } of functions)
			map[path.slice(1)] = { path: pathOf(file) };
		return map;
	}
	return {
		getFunctions,
		getAssets() {
			throw notYet('Runtime.getAssets()', 'Assets come in a later version; keep data in a private function meanwhile.');
		},
		getSync() {
			throw notYet('Runtime.getSync()', 'The REST client comes in a later version.');
		},
	};
}
