// Errors of a function: one 500 whatever was thrown, no frame of ours, nothing twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handler, makeSlot, run } from './slot.mjs';

const THROWN = {
	null: ['null', 'NonError', 'null'],
	undefined: ['undefined', 'NonError', 'undefined'],
	"Symbol('s')": ["Symbol('s')", 'NonError', 'Symbol(s)'],
	'10n': ['10n', 'NonError', '10'],
	'{ get message() { throw 1 } }': ['a hostile getter', 'Error', ''],
	'new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })': ['a hostile proxy', 'Error', ''],
	'Object.create(null)': ['no prototype', 'Error', ''],
	'(() => { const p = Proxy.revocable([], {}); p.revoke(); return p.proxy })()': ['a revoked proxy', 'Error', ''],
	'function foo() {}': ['a function', 'NonError', '"[Function: foo]"'],
};

for (const [source, [what, name, message]] of Object.entries(THROWN))
	test(`throwing ${what}`, async () => {
		const answer = await run(handler(`throw (${source});`));
		assert.deepEqual([answer.outcome, answer.status], ['ERROR', 500]);
		const body = JSON.parse(answer.body);
		assert.deepEqual([body.name, body.message], [name, message]);
	});

test('outside of development there is no stack', async () => {
	const answer = await run(handler("throw new Error('x');"), {}, { settings: { dev: false } });
	assert.deepEqual(JSON.parse(answer.body), { message: 'x', name: 'Error' });
});

test('a rejection that is no Error', async () => {
	const answer = await run("exports.handler = async () => { throw 'plain'; };");
	const body = JSON.parse(answer.body);
	assert.equal(body.name, 'UnhandledPromiseRejection');
	assert.match(body.message, /with the reason "plain"\.$/);
});

test('a browser gets a page, in development only, with everything escaped', async () => {
	const headers = [['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0']];
	const source = handler("throw new Error('<script>\\nline');");
	const page = await run(source, { headers });
	assert.equal(page.headers, 'Content-Type: text/html; charset=utf-8\n');
	assert.match(page.body, /<title>Runtime Error<\/title>/);
	assert.match(page.body, /<code>functions\/f\.js<\/code>/);
	assert.match(page.body, /&lt;script&gt;<br\/>line/);
	assert.doesNotMatch(page.body, /<script>/);
	const json = await run(source, { headers }, { settings: { dev: false } });
	assert.match(json.headers, /application\/json/);
});

test('process.exit ends the invocation with an error that says so', async () => {
	const answer = await run(handler('process.exit(3); callback(null, "never");'));
	assert.equal(answer.status, 500);
	assert.match(answer.body, /process\.exit\(3\) was called/);
});

test('only the first callback counts; what is thrown after it is logged', async () => {
	const twice = await run(handler("callback(null, 'one'); callback(null, 'two'); throw new Error('late');"));
	assert.equal(twice.body, 'one');
	assert.match(twice.logs.at(-1)[1], /After the answer: Error: late/);
});

test('a callback kept from an earlier call is dead', async () => {
	const slot = makeSlot({ files: { 'functions/f.js': `let kept;
exports.handler = (context, event, callback) => { if (kept) kept(null, 'old'); kept ??= callback; callback(null, event.n); };` } });
	assert.equal((await slot.call('functions/f.js', { query: 'n=1' })).body, '1');
	assert.equal((await slot.call('functions/f.js', { query: 'n=2' })).body, '2');
});

test('a rejection of an earlier call does not answer a later one', async () => {
	const slot = makeSlot({ files: { 'functions/f.js': `let release; const gate = new Promise((done) => { release = done; });
exports.handler = async (context, event, callback) => {
	if (event.n === '1') { callback(null, 'one'); await gate; throw new Error('of the first'); }
	release(); setTimeout(() => callback(null, 'two'), 50); };` } });
	assert.equal((await slot.call('functions/f.js', { query: 'n=1' })).body, 'one');
	assert.equal((await slot.call('functions/f.js', { query: 'n=2' })).body, 'two');
});

test('a payload that calls back while it is read', async () => {
	const answer = await run(handler('const o = { toJSON() { callback(null, o); return 1; } }; callback(null, o);'));
	assert.deepEqual([answer.status, answer.body], [200, '1']);
});

for (const [what, source] of Object.entries({
	'a circular object': 'const o = {}; o.o = o; callback(null, o)', 'a bigint': 'callback(null, 1n)',
	'a throwing getter': "callback(null, { get a() { throw new Error('g') } })",
	'a throwing toJSON in a Response': 'const r = new Response(); r.setBody({ toJSON() { throw 1 } }); callback(null, r)',
	'91 headers': "const r = new Response(); for (let i = 0; i < 91; i++) r.appendHeader('X-' + i, '1'); callback(null, r)",
	'a header of 20 KB': "const r = new Response(); r.appendHeader('X', 'x'.repeat(20000)); callback(null, r)",
	'20000 cookies': "const r = new Response(); r.headers['Set-Cookie'] = new Array(20000).fill('a=1'); callback(null, r)",
	'status 101': 'const r = new Response(); r.setStatusCode(101); callback(null, r)',
	'status 600': 'const r = new Response(); r.setStatusCode(600); callback(null, r)',
	'U+010A in a header': "const r = new Response(); r.appendHeader('X', 'a\\u010aX-Injected: 1'); callback(null, r)",
	'headers that are null': 'const r = new Response(); r.headers = null; callback(null, r)',
}))
	test(`what cannot be sent is a 500: ${what}`, async () => {
		const answer = await run(handler(source));
		assert.deepEqual([answer.outcome, answer.status], ['INVALID', 500]);
	});

test('a module that throws is tried again at the next call', async () => {
	const slot = makeSlot({ files: { 'functions/f.js': `globalThis.n = (globalThis.n ?? 0) + 1;
if (n < 2) throw new Error('not yet'); exports.handler = (c, e, cb) => cb(null, 'loaded ' + n);` } });
	assert.match((await slot.call('functions/f.js')).body, /not yet/);
	assert.equal((await slot.call('functions/f.js')).body, 'loaded 2');
	assert.equal((await slot.call('functions/f.js')).body, 'loaded 2');
});
