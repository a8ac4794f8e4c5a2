// main.js - the JavaScript half of a worker's slot.
//
// Holds: the slot's globals and modules, the invocation under way. May: call `native` (worker/native.h).
// May not: let `native` or the hooks be reached by a function - neither as `this`, as an argument, nor through a method
// that a function could have replaced. Talks to: the C half only, through native and the hooks returned here.
import { Error, Promise, SafeMap } from './intrinsics.js';
import { getBuffer } from './buffers.js';
import { makeConsole } from './console.js';
import { makeContexts } from './context.js';
import { makeErrors } from './errors.js';
import { makeEvents } from './event.js';
import { installGlobals } from './globals.js';
import { teachErrors } from './inspect.js';
import { makeStage } from './invocation.js';
import { makeModules } from './modules.js';
import { makeEnv, makeProcess } from './process.js';
import { Refusal } from './refusal.js';
import { Response } from './response.js';
import { makeRuntime } from './runtime.js';
import { makeMicrotasks, makeTimers } from './timers.js';
import { makeTwilio } from './twilio.js';

function handlerOf(module, file) {
	const handler = module.exports?.handler;
	if (typeof handler !== 'function')
		throw new Error(`Could not find a "handler" function in file ${file}`);
	return handler;
}

export default function boot(native) {
	const { functions, variables } = native;
	const errors = makeErrors(functions.map((each) => each.file));
	const stage = makeStage(native, errors.describe);
	const timers = makeTimers(native, stage.isOpen, stage.failCurrent);
	const queue = makeMicrotasks(stage.failCurrent);
	const { console, reset } = makeConsole(native, () => errors.frames(new Error().stack));
	const process = makeProcess(native, makeEnv(variables), stage.exit, queue);
	const runtime = makeRuntime(functions);

	teachErrors(errors.describe);
	installGlobals(native, {
		...timers.globals,
		queueMicrotask: (callback) => queue(callback, []),
		console,
		process,
		Twilio: makeTwilio(native),
		Response,
		Runtime: runtime,
		Functions: runtime.getFunctions(),
	});

	const load = makeModules(native, new SafeMap([
		['buffer', () => ({ Buffer: getBuffer() })],
		['console', () => console],
		['process', () => process],
		['timers', () => timers.globals],
	]));
	const makeContext = makeContexts(variables, native.settings);
	const makeEvent = makeEvents(native, stage.isCurrent);

	function run(call, index, path, query, host, contentType, body) {
		const handler = handlerOf(load(index), call.file);
		const event = makeEvent(query, contentType, body);
		call.event = event;
		const result = handler(makeContext(path, host), event, (error, payload) => stage.settle(call, error, payload));
		if (typeof result === 'object' && result !== null && result instanceof Promise)
			stage.own(result, call);
	}

	return {
		invoke(index, requestId, method, path, query, host, contentType, body) {
			const call = stage.begin(functions[index].file, requestId);
			try {
				run(call, index, path, query, host, contentType, body);
			} catch (reason) {
				if (Refusal.is(reason))
					stage.refuse(call, reason.status, reason.message);
				else
					stage.fail(call, reason);
			}
		},
		wake: timers.wake,
		rejected: stage.rejected,
		end() {
			stage.end();
			timers.drop();
			reset();
		},
	};
}
