// --cloud-strict: the cloud's rules for methods, bodies, headers and cookies; and what holds without it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handler, run } from './slot.mjs';

const strict = { settings: { strict: true } };
const ok = handler("callback(null, 'ok')");
const cookies = (...list) => handler(`const r = new Response(); for (const c of ${JSON.stringify(list)}) r.appendHeader('Set-Cookie', c); callback(null, r);`);
const sent = async (...list) => (await run(cookies(...list), {}, strict)).headers.split('\n').filter((l) => /^set-cookie/i.test(l)).map((l) => l.slice(12));

for (const method of ['GET', 'POST', 'OPTIONS'])
	test(`${method} is answered`, async () => assert.equal((await run(ok, { method }, strict)).status, 200));

for (const method of ['HEAD', 'PUT', 'PATCH', 'DELETE'])
	test(`${method} is refused in strict mode alone`, async () => {
		const refused = await run(ok, { method }, strict);
		assert.deepEqual([refused.status, refused.outcome, JSON.parse(refused.body).code], [405, 'REFUSED', 'RK-423']);
		assert.equal((await run(ok, { method })).status, 200);
	});

test('GET with a body is forbidden in strict mode alone', async () => {
	assert.equal((await run(ok, { method: 'GET', body: 'x' }, strict)).status, 403);
	assert.equal((await run(ok, { method: 'GET', body: Buffer.from([255]) }, strict)).status, 403);
	assert.equal((await run(ok, { method: 'GET', body: 'x' })).status, 200);
});

for (const [what, headers, status] of [
	['90 headers', Array.from({ length: 90 }, (_, i) => [`X-${i}`, '1']), 200],
	['91 headers', Array.from({ length: 91 }, (_, i) => [`X-${i}`, '1']), 431],
	['15 KB', [['X-A', 'a'.repeat(15 * 1024 - 3)]], 200],
	['15 KB and a byte', [['X-A', 'a'.repeat(15 * 1024 - 2)]], 431],
])
	test(`a request with ${what}`, async () => {
		const answer = await run(ok, { headers }, strict);
		assert.equal(answer.status, status);
		if (status === 431)
			assert.equal(JSON.parse(answer.body).message, 'Request headers or cookies too long');
		assert.equal((await run(ok, { headers })).status, 200);
	});

for (const [what, source] of [
	['91 headers', "for (let i = 0; i < 91; i++) r.appendHeader('X-' + i, 1);"],
	['91 lines of one header', "for (let i = 1; i < 92; i++) r.appendHeader('X-A', i);"],
	['91 cookies', "for (let i = 0; i < 91; i++) r.setCookie('c' + i, '1');"],
	['16 KB', "r.appendHeader('X-A', 'a'.repeat(16384));"],
])
	test(`an answer with ${what} is 431 in strict mode`, async () => {
		const answer = await run(handler(`const r = new Response(); ${source} callback(null, r);`), {}, strict);
		assert.deepEqual([answer.status, answer.outcome, JSON.parse(answer.body).message, JSON.parse(answer.body).code],
			[431, 'INVALID', 'Response headers or cookies too long', 'RK-510']);
		assert.deepEqual(answer.logs, [[0, 'Response headers or cookies too long']]);
	});

for (const [given, wanted] of [
	['a=1', 'a=1;HttpOnly;Secure'],
	['a=1; Secure; Path=/x', 'a=1; Secure; Path=/x;HttpOnly'],
	['a=1;httponly;SECURE', 'a=1;httponly;SECURE'],
	['a=1; Domain=evil.example; Path=/', 'a=1; Path=/;HttpOnly;Secure'],
	['a=domain=x', 'a=domain=x;HttpOnly;Secure'],
	['a=1;Max-Age=86400', 'a=1;Max-Age=86400;HttpOnly;Secure'],
	['a=;Max-Age=0', 'a=;Max-Age=0;HttpOnly;Secure'],
	['a=1;Max-Age=60;Expires=Wed, 01 Jan 2125 00:00:00 GMT', 'a=1;Max-Age=60;HttpOnly;Secure'],
	['a=1;Expires=Wed, 01 Jan 2020 00:00:00 GMT', 'a=1;Expires=Wed, 01 Jan 2020 00:00:00 GMT;HttpOnly;Secure'],
])
	test(`cookie ${given}`, async () => assert.deepEqual(await sent(given, 'z=2'), [wanted, 'z=2;HttpOnly;Secure']));

for (const given of ['a=1;Max-Age=86401', 'a=1; max-age = 90000 ;Path=/', 'a=1;Expires=Wed, 01 Jan 2125 00:00:00 GMT',
	'a=1;Expires=Wed, 01 Jan 2020 00:00:00 GMT;Max-Age=86401'])
	test(`cookie ${given} lives too long`, async () => {
		const answer = await run(cookies(given), {}, strict);
		assert.deepEqual([answer.status, JSON.parse(answer.body).message], [400, 'Cookies max-age cannot be greater than a day']);
		assert.equal((await run(cookies(given))).status, 200);
	});

test('without strict mode cookies go out as they are', async () =>
	assert.match((await run(cookies('a=1;Domain=x'))).headers, /^Set-Cookie: a=1;Domain=x$/m));
