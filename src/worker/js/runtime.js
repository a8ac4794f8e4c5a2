// runtime.js - the global Runtime: the project's own functions and private assets by path, and Sync.
import { checkSid } from './context.js';
import { noClient } from './absent.js';

// The files of a deployment have no place on this machine: their paths begin at the project.
export function pathOf(file) {
	return `/${file}`;
}

// read(index): the text of assets[index].
export function makeRuntime({ functions, assets, variables }, read) {
	function getFunctions() {
		const map = {};
		for (const { path, file } of functions)
			map[path.slice(1)] = { path: pathOf(file) };
		return map;
	}

	function getAssets() {
		const map = {};
		for (let i = 0; i < assets.length; i++)
			map[assets[i].path] = { path: pathOf(assets[i].file), open: () => read(i) };
		return map;
	}

	function getSync() {
		checkSid(variables);
		throw noClient('Runtime.getSync()');
	}

	return { getFunctions, getAssets, getSync };
}
