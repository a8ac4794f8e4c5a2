// intrinsics.js - what our code uses of the language, captured before any function runs.
//
// A function may replace every method of every prototype in its slot. Our code must go on answering, and must
// never hand `native` to a replaced method; so it calls these, or methods of the Safe classes, whose prototypes
// are frozen and inherit nothing.

export const { String, Number, Error, TypeError, RangeError, Promise, Object, Uint8Array } = globalThis;
export const { apply, defineProperty, setPrototypeOf } = Reflect;
export const { freeze, keys } = Object;
export const { isArray } = Array;
export const { parse, stringify } = JSON;
export const { isInteger } = Number;
export const { floor, max, min } = Math;
export const { decodeURIComponent, eval: evaluate } = globalThis;
export const { fromCharCode } = globalThis.String;

const bind = Function.prototype.bind;

// uncurry(method)(self, ...) is self.method(...), whatever Function.prototype has become.
export const uncurry = apply(bind, bind, [Function.prototype.call]);

export const charCodeAt = uncurry(String.prototype.charCodeAt);
export const endsWith = uncurry(String.prototype.endsWith);
export const indexOf = uncurry(String.prototype.indexOf);
export const slice = uncurry(String.prototype.slice);
export const startsWith = uncurry(String.prototype.startsWith);
export const toLowerCase = uncurry(String.prototype.toLowerCase);
export const toUpperCase = uncurry(String.prototype.toUpperCase);
export const trim = uncurry(String.prototype.trim);
export const regExpExec = uncurry(RegExp.prototype.exec);

const { String: { prototype: stringPrototype } } = globalThis;
const originalCharCodeAt = stringPrototype.charCodeAt;

// Whether s.charCodeAt() is still the engine's own: 1 ns a character instead of 20.
export function charCodesIntact() {
	return stringPrototype.charCodeAt === originalCharCodeAt;
}

const { indexOf: originalIndexOf, slice: originalSlice } = stringPrototype;

// Whether s.indexOf() and s.slice() are still the engine's own, which it then puts in place.
export function searchIntact() {
	return stringPrototype.indexOf === originalIndexOf && stringPrototype.slice === originalSlice;
}

// A list whose [n] = value cannot fall into a setter that a function put on Array.prototype or Object.prototype.
export function safeList() {
	const list = [];
	setPrototypeOf(list, null);
	return list;
}

function seal(Safe, Original) {
	for (const key of Reflect.ownKeys(Original.prototype))
		if (key !== 'constructor')
			defineProperty(Safe.prototype, key, Reflect.getOwnPropertyDescriptor(Original.prototype, key));
	setPrototypeOf(Safe.prototype, null);
	freeze(Safe.prototype);
	return freeze(Safe);
}

export const SafeMap = seal(class SafeMap extends Map {}, Map);
export const SafeWeakMap = seal(class SafeWeakMap extends WeakMap {}, WeakMap);

// The pieces of text between separators of one character.
export function split(text, separator) {
	const pieces = safeList();
	let from = 0;
	for (;;) {
		const to = indexOf(text, separator, from);
		if (to < 0)
			break;
		pieces[pieces.length] = slice(text, from, to);
		from = to + 1;
	}
	pieces[pieces.length] = slice(text, from);
	return pieces;
}
