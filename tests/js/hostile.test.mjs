// A function that breaks its globals breaks only itself: our half goes on answering, and native stays out of reach.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handler, makeSlot } from './slot.mjs';

const POLLUTERS = {
	methods: `const P = Promise.prototype.then; JSON.stringify = () => '{"hijack":1}'; JSON.parse = () => ({ hijack: 1 });
		Array.prototype.push = () => 0; Array.prototype[Symbol.iterator] = function* () { yield 'hijack'; };
		Function.prototype.call = () => 'hijack'; Function.prototype.apply = () => 'hijack'; Function.prototype.bind = () => 'hijack';
		String.prototype.split = () => ['hijack']; String.prototype.charCodeAt = () => 65; String.prototype.toLowerCase = () => 'hijack';
		String.prototype.startsWith = () => true; String.prototype.indexOf = () => -1; String.prototype.slice = () => 'hijack';
		Object.keys = () => []; Object.defineProperty = () => {}; Map.prototype.get = () => 'hijack'; Map.prototype.set = () => 0;
		WeakMap.prototype.get = () => 'hijack'; RegExp.prototype.exec = () => null; Reflect.apply = () => 'hijack';
		Array.isArray = () => true; Number.isInteger = () => false; Math.floor = () => 0;`,
	setters: `for (const k of ['statusCode', 'headers', 'body', 'status', 'type', 'id', 'toJSON', 'value', 'get', 'set', '0', '1', 'length', 'open',
		'round', 'event', 'request', 'message', 'code'])
		Object.defineProperty(Object.prototype, k, { set(v) { (globalThis.stolen ??= []).push(k); }, get() { return undefined; }, configurable: true });`,
	values: `Object.prototype.polluted = 1; Object.prototype.statusCode = 299; Object.prototype.then = (r) => r('hijack');
		Object.prototype.toJSON = () => 'hijack';`,
};

const TOKEN = `const r = new Twilio.Response(); r.headers = { 'Content-Type': 'application/json', 'X-A': '1' }; r.body = 'text ' + event.identity; callback(null, r);`;

for (const [what, pollute] of Object.entries(POLLUTERS))
	test(`after polluted ${what} the slot still answers rightly`, async () => {
		const slot = makeSlot({ files: {
			'functions/bad.js': handler(`callback(null, 'ok'); ${pollute}`),
			'functions/good.js': handler(TOKEN),
			'functions/late.js': handler("setTimeout(() => callback(null, 'late'), 5); setTimeout(() => {}, 50);"),
			'functions/throws.js': handler("throw new Error('plain');"),
			'functions/inject.js': handler("const r = new Response(); r.headers = { 'X-A': 'a\\nX-Injected: 1' }; callback(null, r);"),
		} });
		assert.equal((await slot.call('functions/bad.js')).body, 'ok');
		const headers = [['Content-Type', 'application/json']], body = '{"identity":"alice"}';
		const good = await slot.call('functions/good.js', { headers, body });
		assert.deepEqual([good.status, good.headers, good.body],
			[200, 'Content-Type: application/json; charset=utf-8\nX-A: 1\n', 'text alice']);
		assert.equal((await slot.call('functions/late.js')).body, 'late');
		const thrown = await slot.call('functions/throws.js');
		assert.deepEqual([thrown.status, JSON.parse(thrown.body).message], [500, 'plain']);
		assert.equal((await slot.call('functions/inject.js')).outcome, 'INVALID');
	});

test('native and the hooks cannot be found', async () => {
	const source = `exports.handler = (context, event, callback) => {
	const seen = new Set(), found = [];
	const names = ['compile', 'bodyBytes', 'wakeAt', 'mint', 'utf8Encode', 'invoke', 'rejected'];
	const walk = (o, path, depth) => {
		if (depth > 6 || o === null || (typeof o !== 'object' && typeof o !== 'function') || seen.has(o)) return;
		seen.add(o);
		for (const key of Reflect.ownKeys(o)) {
			if (names.includes(key) && !(o instanceof RegExp) && o !== RegExp.prototype) found.push(path + '.' + String(key));
			let inner; try { inner = o[key]; } catch { continue; }
			walk(inner, path + '.' + String(key), depth + 1);
		}
		walk(Object.getPrototypeOf(o), path + '.__proto__', depth + 1);
	};
	for (const [name, root] of Object.entries({ globalThis, context, event, callback, module, require, args: arguments })) walk(root, name, 0);
	let prepared; Error.prepareStackTrace = (error, sites) => { prepared = sites; return 'x'; };
	callback(null, found); };`.replace('arguments', '[]');
	const slot = makeSlot({ files: { 'functions/f.js': source } });
	assert.deepEqual(JSON.parse((await slot.call('functions/f.js')).body), []);
});

test('replaced methods never see native as this or as an argument', async () => {
	const source = `let seen = false; const native = (x) => x && (typeof x === 'object' || typeof x === 'function') && ('mint' in x || 'invoke' in x);
for (const owner of [Function, Array, String, Map, WeakMap, Set, RegExp, Promise, Object, Number])
	for (const key of Reflect.ownKeys(owner.prototype)) {
		const d = Reflect.getOwnPropertyDescriptor(owner.prototype, key);
		if (!d.configurable || typeof d.value !== 'function' || key === 'constructor') continue;
		const original = d.value, apply = Reflect.apply;
		Reflect.defineProperty(owner.prototype, key, { value(...args) {
			for (let i = 0; i < args.length; i++) if (native(args[i])) seen = true;
			if (native(this)) seen = true;
			return apply(original, this, args); }, configurable: true, writable: true });
	}
exports.handler = (context, event, callback) => {
	if (event.ask) return callback(null, String(seen));
	event.request; console.log({ a: 1 }); new TextEncoder().encode('x'); crypto.randomUUID(); new URL('http://a/'); setTimeout(() => callback(null, 'x'), 1); };`;
	const slot = makeSlot({ files: { 'functions/f.js': source } });
	await slot.call('functions/f.js', { query: 'a[b]=1' });
	assert.equal((await slot.call('functions/f.js', { query: 'ask=1' })).body, 'false');
});

test('timers have a ceiling, which only those that wait count towards', async () => {
	const slot = makeSlot({ files: {
		'functions/flood.js': handler('for (let i = 0; i < 10001; i++) setTimeout(() => {}, 1e6);'),
		'functions/churn.js': handler("for (let i = 0; i < 20000; i++) clearTimeout(setTimeout(() => {}, 1e6)); callback(null, 'ok');"),
	} });
	const refused = await slot.call('functions/flood.js');
	assert.deepEqual([refused.status, JSON.parse(refused.body).name], [500, 'RangeError']);
	assert.equal((await slot.call('functions/churn.js')).body, 'ok');
	assert.equal((await slot.call('functions/flood.js')).status, 500);
});

test('a module that replaces its handler later is called as it was first', async () => {
	const slot = makeSlot({ files: {
		'functions/x.js': "exports.handler = (c, e, cb) => { exports.handler = () => { throw new Error('replaced'); }; cb(null, 'ok'); };",
	} });
	assert.equal((await slot.call('functions/x.js')).body, 'ok');
	assert.equal((await slot.call('functions/x.js')).body, 'ok');
});
