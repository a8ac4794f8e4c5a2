// timers.js - setTimeout and its kin, on the one timer a slot has: a heap by due time, then by order of making.
//
// One timer runs a wake, so that the promises it settles are dealt with before the next one, as in Node.
import { apply, Number, RangeError, safeList, SafeMap, TypeError } from './intrinsics.js';

const DELAY_MAX = 2147483647;
const TIMERS_MAX = 10000;       // of one invocation, waiting at once

class Timeout {
	#handles;
	#id;

	constructor(handles, id) {
		this.#handles = handles;
		this.#id = id;
	}

	ref() {
		return this;
	}

	unref() {
		return this;
	}

	hasRef() {
		return true;
	}

	refresh() {
		this.#handles.refresh(this.#id);
		return this;
	}

	close() {
		this.#handles.clear(this.#id);
		return this;
	}

	[Symbol.toPrimitive]() {
		return this.#id;
	}
}

function before(a, b) {
	return a.due < b.due || (a.due === b.due && a.order < b.order);
}

class Heap {
	#rows = safeList();

	get first() {
		return this.#rows[0];
	}

	push(row) {
		const rows = this.#rows;
		let i = rows.length;
		while (i > 0) {
			const up = (i - 1) >> 1;
			if (!before(row, rows[up]))
				break;
			rows[i] = rows[up];
			i = up;
		}
		rows[i] = row;
	}

	pop() {
		const rows = this.#rows, top = rows[0], last = rows[rows.length - 1];
		rows.length--;
		const n = rows.length;
		if (n > 0)
			this.#sink(last, n);
		return top;
	}

	#sink(row, n) {
		const rows = this.#rows;
		let i = 0;
		for (;;) {
			let down = 2 * i + 1;
			if (down >= n)
				break;
			if (down + 1 < n && before(rows[down + 1], rows[down]))
				down++;
			if (!before(rows[down], row))
				break;
			rows[i] = rows[down];
			i = down;
		}
		rows[i] = row;
	}

	clear() {
		this.#rows = safeList();
	}
}

// isOpen(): whether an invocation is under way: outside of one a timer is never kept.
// failed(error): a timer's function threw.
export function makeTimers(native, isOpen, failed) {
	const heap = new Heap(), live = new SafeMap();
	let serial = 0, armed = Infinity;

	function arm() {
		while (heap.first && heap.first.gone)
			heap.pop();
		const due = heap.first ? heap.first.due : Infinity;
		if (due !== armed) {
			armed = due;
			native.wakeAt(due);
		}
	}

	function schedule(entry) {
		entry.due = entry.delay < 0 ? -1 : native.now() + entry.delay;
		entry.order = ++serial;
		heap.push(entry);
		arm();
	}

	function clear(id) {
		const entry = live.get(id);
		if (!entry)
			return;
		entry.gone = true;
		live.delete(id);
		arm();
	}

	// The row in the heap is left to die; a fresh one takes its identity over.
	function refresh(id) {
		const row = live.get(id);
		if (!row)
			return;
		row.gone = true;
		const fresh = { ...row, __proto__: null, gone: false };
		live.set(id, fresh);
		schedule(fresh);
	}

	const handles = { __proto__: null, clear, refresh };

	function add(callback, delay, repeat, args) {
		if (typeof callback !== 'function')
			throw new TypeError(`The "callback" argument must be of type function. Received ${typeof callback}`);
		const id = ++serial;
		const row = { __proto__: null, id, callback, args, delay, repeat, due: 0, order: 0, gone: false };
		const timeout = new Timeout(handles, id);
		if (!isOpen())
			return timeout;
		if (live.size >= TIMERS_MAX)
			throw new RangeError(`A function may have ${TIMERS_MAX} timers waiting at once`);
		live.set(id, row);
		schedule(row);
		return timeout;
	}

	function delayOf(value) {
		const delay = Number(value);
		return delay >= 1 && delay <= DELAY_MAX ? delay : 1;
	}

	function wake() {
		armed = Infinity;
		const row = heap.first;
		if (row && !row.gone && row.due <= native.now()) {
			heap.pop();
			if (!row.repeat)
				live.delete(row.id);
			try {
				apply(row.callback, undefined, row.args);
			} catch (error) {
				failed(error);
			}
			if (row.repeat && !row.gone && isOpen())
				schedule(row);
			else if (row.repeat && live.get(row.id) === row)
				live.delete(row.id);
		}
		arm();
	}

	function drop() {
		if (heap.first === undefined && armed === Infinity)
			return;
		heap.clear();
		live.clear();
		if (armed !== Infinity)
			native.wakeAt(Infinity);
		armed = Infinity;
	}

	const clearTimer = (timer) => {
		if (timer instanceof Timeout || typeof timer === 'number' || typeof timer === 'string')
			clear(Number(timer));
	};
	const globals = {
		setTimeout: (callback, delay, ...args) => add(callback, delayOf(delay), false, args),
		setInterval: (callback, delay, ...args) => add(callback, delayOf(delay), true, args),
		setImmediate: (callback, ...args) => add(callback, -1, false, args),
		clearTimeout: clearTimer,
		clearInterval: clearTimer,
		clearImmediate: clearTimer,
	};
	return { globals, wake, drop };
}

// Runs a function of a function's when the code under way has ended, reporting what it throws.
export function makeMicrotasks(failed) {
	async function later(callback, args) {
		await undefined;
		try {
			apply(callback, undefined, args);
		} catch (error) {
			failed(error);
		}
	}
	return function queue(callback, args) {
		if (typeof callback !== 'function')
			throw new TypeError(`The "callback" argument must be of type function. Received ${typeof callback}`);
		later(callback, args);
	};
}
