// console.js - the global console: every call is one entry of the function's log.
import { floor, SafeMap, String } from './intrinsics.js';
import { formatArguments, inspectValue } from './inspect.js';
import { formatTable } from './table.js';

const ERROR = 0, WARN = 1, INFO = 2, DEBUG = 3;
const LABELS_MAX = 1000;

function elapsed(ms) {
	if (ms < 1000)
		return `${ms.toPrecision(3)}ms`;
	return ms < 60000 ? `${(ms / 1000).toFixed(3)}s` : `${floor(ms / 60000)}:${((ms % 60000) / 1000).toFixed(3)} (m:ss.mmm)`;
}

function labelOf(label) {
	return label === undefined ? 'default' : formatArguments([`${String(label)}`]);
}

// traceOf(): the frames of the project's code now. Returns { console, reset }; reset() ends groups, counts and clocks.
export function makeConsole(native, traceOf) {
	const counts = new SafeMap(), clocks = new SafeMap();
	let indent = '';

	function write(level, text) {
		if (indent !== '')
			text = indent + text.split('\n').join('\n' + indent);
		native.log(level, text);
	}

	const writer = (level) => (...args) => write(level, formatArguments(args));

	function clock(label, done, args) {
		const name = labelOf(label), start = clocks.get(name);
		if (start === undefined)
			return write(WARN, `Warning: No such label '${name}' for console.time${done ? 'End' : 'Log'}()`);
		if (done)
			clocks.delete(name);
		const rest = args.length > 0 ? ' ' + formatArguments(args) : '';
		write(INFO, `${name}: ${elapsed(native.now() - start)}${rest}`);
	}

	const group = (...args) => {
		if (args.length > 0)
			write(INFO, formatArguments(args));
		if (indent.length < 40)
			indent += '  ';
	};

	const console = {
		log: writer(INFO),
		info: writer(INFO),
		debug: writer(DEBUG),
		warn: writer(WARN),
		error: writer(ERROR),
		trace: (...args) => write(ERROR, `Trace${args.length ? ': ' + formatArguments(args) : ''}${traceOf()}`),
		dir: (value, options) => write(INFO, inspectValue(value, options)),
		dirxml: writer(INFO),
		table(data, columns) {
			let text;
			try {
				text = formatTable(data, columns);
			} catch {
				// a hostile value: shown as any other
			}
			write(INFO, text ?? formatArguments([data]));
		},
		assert(value, ...args) {
			if (!value)
				write(WARN, args.length ? `Assertion failed: ${formatArguments(args)}` : 'Assertion failed');
		},
		count(label) {
			const name = labelOf(label), count = (counts.get(name) ?? 0) + 1;
			if (counts.size < LABELS_MAX)
				counts.set(name, count);
			write(INFO, `${name}: ${count}`);
		},
		countReset: (label) => void counts.delete(labelOf(label)),
		time(label) {
			if (clocks.size < LABELS_MAX)
				clocks.set(labelOf(label), native.now());
		},
		timeEnd: (label) => clock(label, true, []),
		timeLog: (label, ...args) => clock(label, false, args),
		group,
		groupCollapsed: group,
		groupEnd() {
			indent = indent.slice(2);
		},
		clear() {},
	};
	return {
		console,
		reset() {
			indent = '';
			if (counts.size > 0)
				counts.clear();
			if (clocks.size > 0)
				clocks.clear();
		},
	};
}
