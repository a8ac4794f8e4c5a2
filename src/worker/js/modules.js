// modules.js - CommonJS: each file of the project is run once a slot, and found by its path.
//
// A path is relative to the file that asks, or one that Runtime.getFunctions() or Runtime.getAssets() gave. What does
// not end in .json is JavaScript, whatever it is called.
import { apply, endsWith, Error, parse, safeList, SafeMap, slice, split, startsWith, String, TypeError } from './intrinsics.js';
import { pathOf } from './runtime.js';

const BUILTINS = new SafeMap();
for (const name of ('assert async_hooks child_process cluster console constants crypto dgram diagnostics_channel ' +
	'dns domain events fs http http2 https inspector module net os path perf_hooks process punycode querystring ' +
	'readline repl stream string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib buffer test').split(' '))
	BUILTINS.set(name, true);

function notFound(request, why) {
	const error = new Error(`Cannot find module '${request}'\n${why}`);
	error.code = 'MODULE_NOT_FOUND';
	return error;
}

function folderOf(file) {
	const parts = split(file, '/');
	parts.length--;
	return parts;
}

// The path that `request` names from a folder, '/' between; undefined when it leaves the project.
function resolvePath(folder, request) {
	const path = safeList(), parts = split(request, '/');
	if (!startsWith(request, '/'))
		for (let i = 0; i < folder.length; i++)
			path[path.length] = folder[i];
	for (let i = 0; i < parts.length; i++) {
		if (parts[i] === '' || parts[i] === '.')
			continue;
		if (parts[i] !== '..')
			path[path.length] = parts[i];
		else if (path.length > 0)
			path.length--;
		else
			return undefined;
	}
	let text = '';
	for (let i = 0; i < path.length; i++)
		text += (i ? '/' : '') + path[i];
	return text;
}

function explain(request) {
	const name = startsWith(request, 'node:') ? slice(request, 5) : request;
	if (BUILTINS.has(split(name, '/')[0]))
		return `Roomkey does not provide Node's module "${name}" yet. It comes in a later version.`;
	if (name === 'twilio')
		return 'Roomkey does not load npm packages yet. Twilio.jwt, Twilio.twiml and Twilio.Response are there as globals.';
	return 'Roomkey does not load npm packages yet. Files of the project are loaded by a relative path such as ./lib/x.';
}

// files: of the project, by number; textOf(number): what one holds; provided(name): () => exports of a
// built-in module, or undefined. Returns { load(number) -> module, numberOf(path) -> number or undefined }.
export function makeModules(native, files, textOf, provided) {
	const loaded = safeList(), byFile = new SafeMap();
	for (let i = 0; i < files.length; i++) {
		byFile.set(files[i].file, i);
		loaded[i] = undefined;
	}

	function find(folder, request) {
		const path = resolvePath(folder, request);
		if (path === undefined)
			return undefined;
		return byFile.get(path) ?? byFile.get(path + '.js') ?? byFile.get(path + '.json') ?? byFile.get(path + '/index.js');
	}

	function resolve(folder, request) {
		if (typeof request !== 'string')
			throw new TypeError(`The "id" argument must be of type string. Received ${typeof request}`);
		if (!startsWith(request, './') && !startsWith(request, '../') && !startsWith(request, '/') &&
			request !== '.' && request !== '..')
			throw notFound(request, explain(request));
		const number = find(folder, request);
		if (number === undefined)
			throw notFound(request, 'No function and no private asset of the project has this path.');
		return number;
	}

	function makeRequire(folder) {
		function require(request) {
			const builtin = provided(startsWith(`${request}`, 'node:') ? slice(request, 5) : String(request));
			return builtin ? builtin() : load(resolve(folder, request)).exports;
		}
		require.resolve = (request) => pathOf(files[resolve(folder, request)].file);
		require.cache = {};
		return require;
	}

	function run(number, module, folder, filename) {
		if (endsWith(filename, '.json')) {
			module.exports = parse(textOf(number));
			return;
		}
		module.require = makeRequire(folder);
		apply(native.compile(number), module.exports, [module.exports, module.require, module, filename,
			slice(filename, 0, filename.lastIndexOf('/')) || '/']);
	}

	function load(number) {
		const known = loaded[number];
		if (known !== undefined)
			return known;
		const { file } = files[number], filename = pathOf(file);
		const module = { id: filename, exports: {}, filename, loaded: false, children: [], paths: [] };
		loaded[number] = module;         // before it runs: modules may need each other
		try {
			run(number, module, folderOf(file), filename);
		} catch (error) {
			loaded[number] = undefined;      // the next call tries again
			throw error;
		}
		module.loaded = true;
		return module;
	}

	return {
		load,
		numberOf(path) {
			const clean = resolvePath([], path);
			return clean === undefined ? undefined : byFile.get(clean);
		},
	};
}
