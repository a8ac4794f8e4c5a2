// The handler contract as a caller sees it: payloads, errors, limits. The recorded cases of the
// original are run by tests/conformance; these are the ones that a person would try first.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dev, keys, postJson, sleep, slow, until } from './harness.mjs';

const fn = (body) => `exports.handler = function (context, event, callback) {${body}\n};\n`;
const files = {
  '.env': keys + 'PLAIN=plain value\n',
  'functions/string.js': fn(`callback(null, 'text é');`),
  'functions/object.js': fn(`callback(null, { a: 1, u: undefined, list: [1, 'x'] });`),
  'functions/nothing.js': fn(`callback();`),
  'functions/number.js': fn(`callback(null, 42);`),
  'functions/bytes.js': fn(`callback(null, Buffer.from([0, 255, 10]));`),
  'functions/event.js': fn(`callback(null, event);`),
  'functions/env.js': fn(`callback(null, { env: process.env, context: Object.keys(context), path: context.PATH, domain: context.DOMAIN_NAME });`),
  'functions/throws.js': fn(`throw new TypeError('no luck');`),
  'functions/errs.js': fn(`callback(new Error('passed on'));`),
  'functions/text-error.js': fn(`callback('just text');`),
  'functions/twice.js': fn(`callback(null, 'first'); callback(null, 'second');`),
  'functions/late-throw.js': fn(`callback(null, 'first'); throw new Error('late');`),
  'functions/never.js': fn(``),
  'functions/async.js': `exports.handler = async (context, event, callback) => { await new Promise((r) => setTimeout(r, 20)); callback(null, 'later'); };`,
  'functions/rejects.js': `exports.handler = async () => { await null; throw new Error('async luck'); };`,
  'functions/loop.js': fn(`for (;;);`),
  'functions/microtasks.js': fn(`const f = () => Promise.resolve().then(f); f();`),
  'functions/recurse.js': fn(`const f = () => f() + 1; callback(null, f());`),
  'functions/circular.js': fn(`const a = {}; a.a = a; callback(null, a);`),
  'functions/status.js': fn(`const r = new Twilio.Response(); r.setStatusCode(Number(event.s)).setBody('b'); callback(null, r);`),
  'functions/header.js': fn(`const r = new Twilio.Response(); r.appendHeader(event.n, event.v).setBody('b'); callback(null, r);`),
  'functions/cookies.js': fn(`const r = new Twilio.Response(); r.setCookie('a', '1', ['Path=/']).setCookie('b', '2').setBody('b'); callback(null, r);`),
  'functions/log.js': fn(`console.log('hello %s', 'there', { a: [1, 2] }); console.error('bad'); callback(null, 'ok');`),
  'functions/syntax.js': `exports.handler = function () {\n  const x = ;\n};\n`,
  'functions/no-handler.js': `module.exports = {};\n`,
  'functions/load-throws.js': `throw new Error('at load');\n`,
  'functions/sub/deep.js': fn(`callback(null, 'deep');`),
  'functions/count.js': `let n = 0;\n${fn(`callback(null, { n: ++n });`)}`,
  'functions/fetches.js': fn(`fetch('http://127.0.0.1/').then(() => callback(null, 'no'), callback);`),
  'functions/needs.js': `const a = require('axios');\n${fn(`callback(null, 'no');`)}`,
};

let s;
const LIMIT = 700 * slow;
before(async () => (s = await dev(files, ['--timeout', String(LIMIT)])));
after(() => s.stop());

test('a string is text/plain', async () => {
  const r = await s.request('/string');
  assert.equal(r.status, 200);
  assert.equal(r.headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(r.text, 'text é');
  assert.equal(r.headers['cache-control'], 'no-store, no-cache, must-revalidate, proxy-revalidate');
  assert.match(r.headers['x-request-id'], /^RQ[0-9a-f]{32}$/);
});

test('an object is JSON, nothing is empty, a number is a JSON number, a Buffer is its bytes', async () => {
  const o = await s.request('/object');
  assert.equal(o.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(o.text, '{"a":1,"list":[1,"x"]}');
  const n = await s.request('/nothing');
  assert.deepEqual([n.status, n.text, n.headers['content-length']], [200, '', '0']);
  const d = await s.request('/number');
  assert.deepEqual([d.status, d.text], [200, '42']);
  const b = await s.request('/bytes');
  assert.deepEqual([...b.bytes], [0, 255, 10]);
});

test('event: query, then body over it, request below both', async () => {
  const r = await postJson(s, '/event?a=1&b[c]=2&l=x&l=y', { a: 2, deep: { z: [1] } }, { headers: { Cookie: 'k=v', 'X-Mine': 'yes' } });
  const e = r.json();
  assert.deepEqual([e.a, e.b, e.l, e.deep], [2, { c: '2' }, ['x', 'y'], { z: [1] }]);
  assert.equal(e.request.cookies.k, 'v');
  assert.equal(e.request.headers['x-mine'], 'yes');
});

test('context and process.env hold the variables and nothing else', async () => {
  const r = (await s.request('/env')).json();
  assert.deepEqual(Object.keys(r.env), ['ACCOUNT_SID', 'API_KEY', 'API_SECRET', 'PLAIN']);
  assert.deepEqual(r.context, ['PATH', 'DOMAIN_NAME', 'SERVICE_SID', 'ENVIRONMENT_SID', 'ACCOUNT_SID', 'API_KEY', 'API_SECRET', 'PLAIN', 'getTwilioClient']);
  assert.equal(r.path, '/env');
  assert.equal(r.domain, `localhost:${s.port}`);
});

test('errors are 500 with message, name and stack, and CORS headers', async () => {
  for (const [path, name, message] of [['/throws', 'TypeError', 'no luck'], ['/errs', 'Error', 'passed on'], ['/rejects', 'Error', 'async luck']]) {
    const r = await s.request(path);
    assert.equal(r.status, 500, path);
    const e = r.json();
    assert.deepEqual([e.name, e.message], [name, message]);
    assert.ok(!e.stack || !e.stack.includes(s.dir), 'no host path in a stack');
    assert.equal(r.headers['access-control-allow-origin'], '*');
  }
  assert.equal((await s.request('/text-error')).status, 500);
});

test('the first callback counts; what comes after it is ignored', async () => {
  assert.equal((await s.request('/twice')).text, 'first');
  assert.equal((await s.request('/late-throw')).text, 'first');
  assert.equal((await s.request('/string')).status, 200);
});

test('async handlers answer later', async () => {
  assert.equal((await s.request('/async')).text, 'later');
});

test('a function that never calls back is 504 at the limit', async () => {
  const t0 = Date.now();
  const r = await s.request('/never');
  assert.equal(r.status, 504);
  const e = r.json();
  assert.match(e.code, /^RK-\d+$/);
  assert.equal(e.status, 504);
  assert.equal(e.request_id, r.headers['x-request-id']);
  assert.ok(Date.now() - t0 >= LIMIT - 50, 'not before the limit');
  assert.ok(Date.now() - t0 < LIMIT + 800 * slow, 'soon after it');
});

for (const path of ['/loop', '/microtasks']) {
  test(`an endless loop (${path}) is 504 or 502, and other requests go on meanwhile`, async () => {
    const bad = s.request(path);
    await sleep(30);
    const times = [];
    for (let i = 0; i < 40; i++) {
      const t0 = Date.now();
      const r = await s.request('/string');
      assert.equal(r.status, 200);
      times.push(Date.now() - t0);
      await sleep(10);
    }
    assert.ok(Math.max(...times) < 400 * slow, `slowest of the others: ${Math.max(...times)} ms`);
    assert.ok([502, 504].includes((await bad).status));
    await until('service after it', async () => (await s.request('/string')).status === 200);
  });
}

test('deep recursion and circular answers are 500, and the server lives', async () => {
  assert.equal((await s.request('/recurse')).status, 500);
  assert.equal((await s.request('/circular')).status, 500);
  assert.equal((await s.request('/string')).status, 200);
});

test('Twilio.Response: status, headers, cookies; what cannot be sent is 500', async () => {
  assert.equal((await s.request('/status?s=418')).status, 418);
  const empty = await s.request('/status?s=204');
  assert.deepEqual([empty.status, empty.text], [204, '']);
  for (const bad of ['0', '99', '1000']) assert.equal((await s.request(`/status?s=${bad}`)).status, 500, bad);
  assert.equal((await s.request('/header?n=X-A&v=b')).headers['x-a'], 'b');
  for (const bad of ['n=X-A&v=a%0d%0aX-Evil:%201', 'n=bad%20name&v=a', 'n=X-A&v=%E2%82%AC']) {
    const r = await s.request(`/header?${bad}`);
    assert.equal(r.status, 500, bad);
    assert.equal(r.headers['x-evil'], undefined);
  }
  assert.deepEqual((await s.request('/cookies')).headers['set-cookie'], ['a=1;Path=/', 'b=2']);
});

test('console output reaches the terminal with the path and the request id', async () => {
  const r = await s.request('/log');
  await until('the log line', () => s.out.includes("hello there { a: [ 1, 2 ] }"));
  const line = s.out.split('\n').find((l) => l.includes('hello there'));
  assert.ok(line.includes('/log') && line.includes(r.headers['x-request-id']), line);
  assert.ok(s.out.includes('bad'));
});

test('a request line: time, status, method, path, duration, request id', async () => {
  const r = await s.request('/string?secret=1');
  const id = r.headers['x-request-id'];
  await until('the line', () => s.out.includes(id));
  const line = s.out.split('\n').find((l) => l.includes(id));
  assert.match(line, /\d\d:\d\d:\d\d.*\b200\b.*\bGET\b.*\/string.*\d ms/);
});

test('a function with a syntax error says file, line and column; the others are served', async () => {
  const r = await s.request('/syntax');
  assert.equal(r.status, 500);
  assert.match(r.text, /SyntaxError/);
  assert.match(r.text, /functions\/syntax\.js/);
  await until('the panel names it', () => /functions\/syntax\.js:2/.test(s.out));
  assert.ok(s.out.includes('const x = ;'), 'the line itself is shown');
});

test('no handler, and a module that throws while loading, are 500 and say so', async () => {
  assert.match((await s.request('/no-handler')).text, /Could not find a \\"handler\\" function in file/);
  assert.match((await s.request('/load-throws')).text, /at load/);
});

test('module state stays between calls of one version', async () => {
  const seen = [];
  for (let i = 0; i < 5; i++) seen.push((await s.request('/count')).json().n);
  assert.ok(Math.max(...seen) > 1, `${seen}`);
});

test('what is not there yet says so by name', async () => {
  assert.match((await s.request('/fetches')).json().message, /fetch/);
  assert.match((await s.request('/needs')).json().message, /axios/);
});

test('nested folders are paths; matching is exact', async () => {
  assert.equal((await s.request('/sub/deep')).text, 'deep');
  for (const p of ['/sub/deep/', '/sub//deep', '/sub/deep.js', '/SUB/deep', '/%73ub/deep']) assert.equal((await s.request(p)).status, 404, p);
});

test('HEAD sends headers only', async () => {
  const r = await s.request('/string', { method: 'HEAD' });
  assert.deepEqual([r.status, r.text], [200, '']);
});

test('malformed bodies are 400 and say what is wrong; the function does not run', async () => {
  const r = await s.request('/event', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":' });
  assert.equal(r.status, 400);
  assert.match(r.json().message, /JSON/);
  assert.equal(r.headers['access-control-allow-origin'], '*');
  const top = await s.request('/event', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '7' });
  assert.equal(top.status, 400);
});

test('a body over 6 MB is 413, exactly 6 MB is fine', async () => {
  const over = await s.request('/string', { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: Buffer.alloc(6291457, 97) });
  assert.equal(over.status, 413);
  assert.equal(over.headers['access-control-allow-origin'], '*');
  const fits = await s.request('/string', { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: Buffer.alloc(6291456, 97) });
  assert.equal(fits.status, 200);
});

test('an unknown path is 404 in our error form and lists nothing', async () => {
  const r = await s.request('/nowhere');
  assert.equal(r.status, 404);
  const e = r.json();
  assert.deepEqual(Object.keys(e).sort(), ['code', 'message', 'more_info', 'request_id', 'status']);
  assert.ok(!/string|object|sub\/deep/.test(e.message));
});
