// main.js - the JavaScript half of a worker's slot.
//
// Holds: the slot's globals and modules, the invocation under way. May: call `native` (worker/native.h).
// May not: let `native` or the hooks be reached by a function - neither as `this`, as an argument, nor through a method
// that a function could have replaced. Talks to: the C half only, through native and the hooks returned here.
import { Error, Promise, safeList } from './intrinsics.js';
import { makeBuiltins } from './builtins.js';
import { makeConsole } from './console.js';
import { makeContexts } from './context.js';
import { makeErrors } from './errors.js';
import { makeEvents } from './event.js';
import { useCloudRules } from './headers.js';
import { installGlobals, makeWebCrypto } from './globals.js';
import { bounded, teachErrors, useMask } from './inspect.js';
import { makeStage, REFUSED } from './invocation.js';
import { checkRequest } from './strict.js';
import { useLibraries } from './libraries.js';
import { makeModules } from './modules.js';
import { makeEnv, makeProcess } from './process.js';
import { Refusal } from './refusal.js';
import { Response } from './response.js';
import { makeRuntime } from './runtime.js';
import { makeMicrotasks, makeTimers } from './timers.js';
import { makeTwilio } from './twilio.js';

// Looked up once a slot: a module that changes its exports later does not change what is called.
function makeHandlers(load, functions) {
	const handlers = safeList();
	for (let i = 0; i < functions.length; i++)
		handlers[i] = undefined;
	return function handlerOf(index) {
		if (handlers[index] !== undefined)
			return handlers[index];
		const handler = load(index).exports?.handler;
		if (typeof handler !== 'function')
			throw new Error(`Could not find a "handler" function in file ${functions[index].file}`);
		return (handlers[index] = handler);
	};
}

export default function boot(native) {
	const { functions, assets, variables } = native, files = [...functions, ...assets];
	const errors = makeErrors(files.map((each) => each.file), bounded);
	const stage = makeStage(native, errors.describe);
	const timers = makeTimers(native, stage.isOpen, stage.failCurrent);
	const queue = makeMicrotasks(stage.failCurrent);
	const { console, reset } = makeConsole(native, () => errors.frames(new Error().stack));
	const process = makeProcess(native, makeEnv(variables), stage.exit, queue);
	const bytesOf = (number) => native.content(number);
	const textOf = (number) => native.utf8Decode(bytesOf(number), false);
	const runtime = makeRuntime(native, (asset) => textOf(functions.length + asset));
	const webcrypto = makeWebCrypto(native);

	useMask(native);
	useLibraries(native);
	teachErrors(errors.describe);
	if (native.settings.strict)
		useCloudRules();
	installGlobals(native, {
		...timers.globals,
		queueMicrotask: (callback) => queue(callback, []),
		console,
		process,
		crypto: webcrypto,
		Twilio: makeTwilio(native),
		Response,
		Runtime: runtime,
		Functions: runtime.getFunctions(),
	});

	const { load, numberOf } = makeModules(native, files, textOf, (name) => builtins.get(name));
	const builtins = makeBuiltins(native,
		{ console, process, timers: timers.globals, webcrypto, numberOf, bytesOf, textOf });
	const { strict } = native.settings, handlerOf = makeHandlers(load, functions);
	const makeContext = makeContexts(variables, native.settings);
	const makeEvent = makeEvents(native, stage.isCurrent);

	function run(call, index, method, path, query, host, contentType, body) {
		if (strict)
			checkRequest(method, native.headers(), body);
		const handler = handlerOf(index);
		const event = makeEvent(query, contentType, body);
		call.event = event;
		const result = handler(makeContext(path, host), event, (error, payload) => stage.settle(call, error, payload));
		if (typeof result === 'object' && result !== null && result instanceof Promise)
			stage.own(result, call);
	}

	return {
		invoke(index, method, path, query, host, contentType, body) {
			const call = stage.begin(functions[index].file);
			reset();
			timers.drop();
			try {
				run(call, index, method, path, query, host, contentType, body);
			} catch (reason) {
				if (Refusal.is(reason))
					stage.refuse(call, REFUSED, reason);
				else
					stage.fail(call, reason);
			}
		},
		wake: timers.wake,
		rejected: stage.rejected,
		end() {
			stage.end();
			timers.drop();
		},
	};
}
