// inspect.js - values as people read them in a log: Node's own format, bounded, and safe with hostile values.
import { defineProperty, Error, keys, slice } from './intrinsics.js';
import { inspector } from './libraries.js';

const TEXT_MAX = 32768;
const SECRET_MAX = 8192;
const CUSTOM = Symbol.for('nodejs.util.inspect.custom');

let mask = (text) => text;

// The masking of the slot's log: what is cut is masked first, or half a secret could stay at the cut.
export function useMask(native) {
	mask = native.mask;
}

export function bounded(text, most = TEXT_MAX) {
	if (text.length <= most)
		return text;
	return `${slice(mask(slice(text, 0, most + SECRET_MAX)), 0, most)}… (${text.length - most} more characters)`;
}

// The engine's stacks lack the first line that Node's have, and name our frames: errors are shown as describe() has them.
export function teachErrors(describe) {
	function inspectError(depth, options, inspect) {
		const { stack } = describe(this), more = { __proto__: null };
		let any = false;
		for (const key of keys(this)) {
			more[key] = this[key];
			any = true;
		}
		if (this.cause !== undefined) {
			more['[cause]'] = this.cause;
			any = true;
		}
		return any ? `${stack} ${inspect({ ...more }, options)}` : stack;
	}
	defineProperty(Error.prototype, CUSTOM, { __proto__: null, value: inspectError, writable: true, configurable: true });
}

function attempt(render) {
	try {
		return bounded(render());
	} catch {
		return undefined;
	}
}

// The arguments of one console call as one text; never throws.
export function formatArguments(args) {
	if (args.length === 1 && typeof args[0] === 'string')
		return bounded(args[0]);
	const text = attempt(() => inspector().format(...args));
	if (text !== undefined)
		return text;
	let plain = '';
	for (let i = 0; i < args.length; i++)
		plain += (i ? ' ' : '') + inspectValue(args[i]);
	return bounded(plain);
}

export function inspectValue(value, options) {
	return attempt(() => (typeof value === 'string' ? value : inspector().inspect(value, options))) ??
		`[${typeof value} that cannot be shown]`;
}
