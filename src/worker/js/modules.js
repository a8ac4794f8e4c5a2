// modules.js - CommonJS: each file of the project is run once a slot, and found by relative paths.
import { apply, Error, safeList, SafeMap, slice, split, startsWith, String, TypeError } from './intrinsics.js';
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
		return 'Roomkey does not load npm packages yet. Twilio.jwt.AccessToken and Twilio.Response are there as globals.';
	return 'Roomkey does not load npm packages yet. Files of the project are loaded by a relative path such as ./lib/x.';
}

// provided: built-in modules that are there, name -> () => exports. Returns load(index) -> module.
export function makeModules(native, provided) {
	const { functions } = native, loaded = safeList(), byFile = new SafeMap();
	for (let i = 0; i < functions.length; i++) {
		byFile.set(functions[i].file, i);
		loaded[i] = undefined;
	}

	function find(folder, request) {
		const path = resolvePath(folder, request);
		if (path === undefined)
			return undefined;
		return byFile.get(path) ?? byFile.get(path + '.js') ?? byFile.get(path + '/index.js');
	}

	function resolve(folder, request) {
		if (typeof request !== 'string')
			throw new TypeError(`The "id" argument must be of type string. Received ${typeof request}`);
		if (!startsWith(request, './') && !startsWith(request, '../') && !startsWith(request, '/') &&
			request !== '.' && request !== '..')
			throw notFound(request, explain(request));
		const index = find(folder, request);
		if (index === undefined)
			throw notFound(request, 'No function file of the project has this path.');
		return index;
	}

	function makeRequire(folder) {
		function require(request) {
			const builtin = provided.get(`${startsWith(`${request}`, 'node:') ? slice(request, 5) : String(request)}`);
			return builtin ? builtin() : load(resolve(folder, request)).exports;
		}
		require.resolve = (request) => pathOf(functions[resolve(folder, request)].file);
		require.cache = {};
		return require;
	}

	function load(index) {
		const known = loaded[index];
		if (known !== undefined)
			return known;
		const { file } = functions[index], folder = folderOf(file), filename = pathOf(file);
		const module = { id: filename, exports: {}, filename, loaded: false, children: [], paths: [] };
		module.require = makeRequire(folder);
		loaded[index] = module;         // before it runs: modules may need each other
		try {
			const run = native.compile(index);
			apply(run, module.exports, [module.exports, module.require, module, filename,
				slice(filename, 0, filename.lastIndexOf('/')) || '/']);
		} catch (error) {
			loaded[index] = undefined;      // the next call tries again
			throw error;
		}
		module.loaded = true;
		return module;
	}

	return load;
}
