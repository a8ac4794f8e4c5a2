// process.js - the global process: its env holds exactly the deployment's variables, and nothing of the host.
import { defineProperty, floor, String, TypeError } from './intrinsics.js';
import { formatArguments } from './inspect.js';

const VERSION = '22.0.0';

function text(value) {
	if (typeof value === 'symbol')
		throw new TypeError('Cannot convert a Symbol value to a string');
	return `${value}`;
}

function put(target, key, value) {
	return defineProperty(target, key,
		{ __proto__: null, value: text(value), writable: true, enumerable: true, configurable: true });
}

// What is assigned becomes a string, as in Node.
export function makeEnv(variables) {
	return new Proxy({ ...variables }, {
		__proto__: null,
		set: (target, key, value) => put(target, key, value),
		defineProperty: (target, key, descriptor) => put(target, key, descriptor.value),
	});
}

// exit(code): ends the invocation under way, and throws so that the function stops; later(callback, args): a microtask.
export function makeProcess(native, env, exit, later) {
	const start = native.now();

	function hrtime(since) {
		const now = native.now() - start, seconds = floor(now / 1000);
		const pair = [seconds, floor((now - seconds * 1000) * 1e6)];
		if (!since)
			return pair;
		const nanos = pair[1] - since[1];
		return nanos < 0 ? [pair[0] - since[0] - 1, nanos + 1e9] : [pair[0] - since[0], nanos];
	}
	hrtime.bigint = () => BigInt(floor((native.now() - start) * 1e6));

	const stream = (level) => ({
		isTTY: false,
		write(chunk) {
			const line = formatArguments([typeof chunk === 'string' ? chunk : String(chunk)]);
			native.log(level, line.endsWith('\n') ? line.slice(0, -1) : line);
			return true;
		},
	});

	const process = {
		title: 'node',
		version: `v${VERSION}`,
		versions: { node: VERSION },
		release: { name: 'node' },
		arch: 'x64',
		platform: 'linux',
		pid: 1,
		ppid: 0,
		argv: ['node'],
		execArgv: [],
		execPath: 'node',
		exitCode: undefined,
		env,
		stdout: stream(2),
		stderr: stream(0),
		hrtime,
		exit,
		abort: () => exit(134),
		cwd: () => '/',
		uptime: () => (native.now() - start) / 1000,
		memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
		nextTick: (callback, ...args) => later(callback, args),
		emitWarning: (warning) => native.log(1, formatArguments(['Warning:', warning])),
	};
	// Events of the process belong to Roomkey: a listener is taken and never called.
	for (const name of ['on', 'once', 'addListener', 'off', 'removeListener', 'removeAllListeners', 'prependListener'])
		process[name] = () => process;
	process.emit = () => false;
	process.listenerCount = () => 0;
	process.listeners = () => [];
	return process;
}
