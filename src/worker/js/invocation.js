// invocation.js - one call of a function from its beginning to its one answer.
//
// A slot runs one invocation at a time; the stage holds it. Whatever comes from an earlier one - its callback, a promise
// of its - finds its own invocation closed and does nothing.
import { Error, SafeWeakMap, stringify, toLowerCase } from './intrinsics.js';
import { unhandledRejection, isError } from './errors.js';
import { formatPage, isBrowser } from './page.js';
import { Refusal } from './refusal.js';
import { formatReply } from './reply.js';

// enum rk_outcome of wire/call.h
export const REFUSED = 1;
const ANSWER = 0, ERROR = 2, INVALID = 4;
const LOG_ERROR = 0, LOG_WARN = 1;
const JSON_LINE = 'Content-Type: application/json; charset=utf-8\n';
const PAGE_LINE = 'Content-Type: text/html; charset=utf-8\n';

class Invocation {
	constructor(file) {
		this.file = file;
		this.open = true;
		this.event = undefined;
	}
}

function userAgentOf(headers) {
	for (let i = 0; i < headers.length; i += 2)
		if (toLowerCase(headers[i]) === 'user-agent')
			return headers[i + 1];
	return '';
}

export function makeStage(native, describe) {
	const { dev, quoted } = native.settings, owners = new SafeWeakMap();
	const exits = new SafeWeakMap();        // what process.exit() threw: it is told once
	let current;

	// What leaves in an error is masked as the log is: functions put their variables into messages.
	function maskedError(reason) {
		const { message, name, stack } = describe(reason);
		return { __proto__: null, message: native.mask(message), name: native.mask(name), stack: native.mask(stack) };
	}

	function answerError(call, outcome, reason) {
		const error = maskedError(reason);
		native.log(LOG_ERROR, error.stack);
		if (dev && isBrowser(userAgentOf(native.headers())))
			return native.answer(outcome, 500, PAGE_LINE, formatPage(call.file, error));
		const { message, name, stack } = error;
		const shown = dev ? { __proto__: null, message, name, stack } : { __proto__: null, message, name };
		native.answer(outcome, 500, JSON_LINE, stringify(shown));
	}

	// The function ended with an error: the callback's first argument, or what was thrown.
	function fail(call, reason) {
		if (call === undefined || !call.open) {
			if (!exits.has(reason))
				native.log(LOG_WARN, `After the answer: ${describe(reason).stack}`);
			return;
		}
		call.open = false;
		answerError(call, ERROR, reason);
	}

	function settle(call, error, payload) {
		if (!call.open)
			return;
		if (error) {
			fail(call, error);
			return;
		}
		call.open = false;
		let reply;
		try {
			reply = formatReply(payload, quoted);
		} catch (reason) {
			if (!Refusal.is(reason))
				return answerError(call, INVALID, reason);
			native.log(LOG_ERROR, reason.message);
			return refuse(call, INVALID, reason);
		}
		native.answer(ANSWER, reply.status, reply.headers, reply.body);
	}

	// Ends the invocation, and throws so that the function stops too.
	function exit(code) {
		const reason = new Error(`process.exit(${code ?? ''}) was called: a function ends by calling its callback`);
		reason.name = 'ProcessExit';
		fail(current, reason);
		exits.set(reason, true);
		throw reason;
	}

	function refuse(call, outcome, { status, message, number }) {
		call.open = false;
		native.answer(outcome, status, JSON_LINE, stringify({ __proto__: null, code: `RK-${number}`, message,
			more_info: `docs/errors.md#rk-${number}`, status, request_id: native.requestId() }));
	}

	return {
		begin: (file) => (current = new Invocation(file)),
		current: () => current,
		isOpen: () => current !== undefined && current.open,
		isCurrent: (event) => current !== undefined && current.event === event,
		settle,
		fail,
		failCurrent: (reason) => fail(current, reason),
		refuse,
		exit,
		own: (promise, call) => void owners.set(promise, call),
		rejected(promise, reason) {
			const call = owners.get(promise) ?? current;
			fail(call, isError(reason) ? reason : unhandledRejection(reason));
		},
		end() {
			if (current !== undefined)
				current.open = false;
			current = undefined;
		},
	};
}
