// event and context: what the recorded cases leave out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, deflateSync } from 'node:zlib';
import { handler, makeSlot, run } from './slot.mjs';

const SHOW = handler('const { request, ...rest } = event; callback(null, rest);');
const JSON_HEADER = [['Content-Type', 'application/json']];
const FORM_HEADER = [['Content-Type', 'application/x-www-form-urlencoded']];

async function event(request, source = SHOW) {
	const answer = await run(source, request);
	return answer.status === 200 ? JSON.parse(answer.body) : answer;
}

for (const [body, wanted] of [['a=%E9&b=%ZZ&c', { a: '\ufffd', b: '%ZZ', c: '' }], ['=x&&a=1=2', { '': 'x', a: '1=2' }],
	['a=1&a=2&a=3', { a: ['1', '2', '3'] }], ['%2B=+%20', { '+': '  ' }]])
	test(`form ${body}`, async () => assert.deepEqual(await event({ headers: FORM_HEADER, body }), wanted));

test('a form of 1000 parameters is read, one of 1001 refused', async () => {
	const form = (n) => new Array(n).fill('a=1').join('&');
	assert.equal((await event({ headers: FORM_HEADER, body: form(1000) })).a.length, 1000);
	const answer = await event({ headers: FORM_HEADER, body: form(1001) });
	assert.deepEqual([answer.outcome, answer.status], ['REFUSED', 413]);
});

for (const [what, request, status, words] of [
	['invalid JSON', { headers: JSON_HEADER, body: '{"a":' }, 400, /not valid JSON/],
	['a JSON string', { headers: JSON_HEADER, body: '"x"' }, 400, /object or an array/],
	['blanks only', { headers: JSON_HEADER, body: '  ' }, 400, /object or an array/],
	['a Latin-1 JSON', { headers: [['Content-Type', 'application/json; charset=latin1']], body: '{}' }, 415, /"LATIN1"/],
	['a Latin-1 form', { headers: [['Content-Type', 'application/x-www-form-urlencoded; charset=iso-8859-1']], body: 'a=1' }, 415, /ISO-8859-1/],
	['brotli', { headers: [...JSON_HEADER, ['Content-Encoding', 'br']], body: 'x' }, 415, /"br"/],
	['broken gzip', { headers: [...JSON_HEADER, ['Content-Encoding', 'gzip']], body: 'x' }, 400, /gzip/],
	['a gzip bomb', { headers: [...JSON_HEADER, ['Content-Encoding', 'gzip']], body: gzipSync(Buffer.alloc(7 << 20, ' ')) }, 413, /6 MB/],
])
	test(`refused: ${what}`, async () => {
		const answer = await event(request), body = JSON.parse(answer.body);
		assert.deepEqual([answer.outcome, answer.status, body.status, body.request_id], ['REFUSED', status, status, 'RQ1']);
		assert.equal(body.code, status === 400 ? 'RK-421' : `RK-${status}`);
		assert.match(body.message, words);
	});

test('gzip, deflate and UTF-16 bodies', async () => {
	const text = JSON.stringify({ a: 'é'.repeat(40000) }), wanted = JSON.parse(text);
	for (const [name, pack] of [['gzip', gzipSync], ['deflate', deflateSync]])
		assert.deepEqual(await event({ headers: [...JSON_HEADER, ['Content-Encoding', name]], body: pack(text) }), wanted);
	const headers = [['Content-Type', 'application/json; charset=utf-16']];
	assert.deepEqual(await event({ headers, body: Buffer.from('\ufeff{"a":"é"}', 'utf16le') }), { a: 'é' });
});

test('JSON: arrays by index, __proto__ a plain member, integer names first', async () => {
	assert.deepEqual(await event({ headers: JSON_HEADER, body: '["x","y"]' }), { 0: 'x', 1: 'y' });
	const source = handler('callback(null, [Object.keys(event), Object.getPrototypeOf(event) === Object.prototype])');
	assert.deepEqual(await event({ headers: JSON_HEADER, body: '{"__proto__":{"x":1},"7":1}' }, source),
		[['7', 'request', '__proto__'], true]);
});

test('request is made once, may be replaced, and an old event does not see a new request', async () => {
	const slot = makeSlot({ files: { 'functions/f.js': `let old;
exports.handler = (context, event, callback) => {
	if (old) return callback(null, String(old.request));
	old = event; const copy = { ...event }; event.request; callback(null, event.request === event.request && copy.a); };` } });
	assert.equal((await slot.call('functions/f.js', { query: 'a=1' })).body, '1');
	const lazy = makeSlot({ files: { 'functions/f.js': `let old;
exports.handler = (context, event, callback) => {
	if (old) return callback(null, String(old.request)); old = event; callback(null, 'kept'); };` } });
	await lazy.call('functions/f.js', { headers: [['X-Who', 'first']] });
	assert.equal((await lazy.call('functions/f.js', { headers: [['X-Who', 'second']] })).body, 'undefined');
	const replaced = await event({ query: 'a=1' }, handler("event.request = 'mine'; callback(null, [event.request, Object.keys(event)])"));
	assert.deepEqual(replaced, ['mine', ['request', 'a']]);
});

test('context: order of the fields, variables win, fresh for every call', async () => {
	const variables = { ACCOUNT_SID: 'AC1', PATH: '/mine' };
	const settings = { serviceSid: 'ZS1', environmentSid: 'ZE1' };
	const source = handler('context.extra = 1; callback(null, [Object.keys(context), context.PATH, context.SERVICE_SID, typeof context.getTwilioClient]);');
	const slot = makeSlot({ files: { 'functions/f.js': source }, variables, settings });
	for (let i = 0; i < 2; i++)
		assert.deepEqual(JSON.parse((await slot.call('functions/f.js')).body), [['PATH', 'DOMAIN_NAME', 'SERVICE_SID', 'ENVIRONMENT_SID',
			'ACCOUNT_SID', 'getTwilioClient', 'extra'], '/mine', 'ZS1', 'function']);
});

for (const [variables, words] of [[{}, 'Missing Account SID'], [{ ACCOUNT_SID: 'AC1' }, 'Invalid Account SID'],
	[{ ACCOUNT_SID: 'AC' + '0'.repeat(32) }, 'Missing Auth Token'], [{ ACCOUNT_SID: 'AC' + '0'.repeat(32), AUTH_TOKEN: 'x' }, 'Invalid Auth Token']])
	test(`getTwilioClient: ${words}`, async () => {
		const answer = await run(handler('context.getTwilioClient();'), {}, { variables });
		const body = JSON.parse(answer.body);
		assert.equal(body.name, 'INVALID_CONFIG');
		assert.ok(body.message.startsWith(words));
	});

test('process.env holds the variables, and strings only', async () => {
	const answer = await run(handler(`process.env.N = 7; process.env.U = undefined; delete process.env.GONE;
		let refused; try { process.env.S = Symbol('s'); } catch (error) { refused = error.name; }
		callback(null, [process.env, 'A' in process.env, refused]);`), {}, { variables: { A: 'a', GONE: 'x' } });
	assert.deepEqual(JSON.parse(answer.body), [{ A: 'a', N: '7', U: 'undefined' }, true, 'TypeError']);
});
