// Who may call what: private files have no URL, protected ones need Twilio's signature, in development too.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { dev, until, put } from './harness.mjs';

const TOKEN = '0123456789abcdef0123456789abcdef';
const say = (what) => `exports.handler = (context, event, callback) => { console.log('ran'); callback(null, '${what}'); };\n`;
const files = {
  '.env': `AUTH_TOKEN=${TOKEN}\n`,
  'functions/open.js': say('open'),
  'functions/hook.protected.js': 'exports.handler = (c, e, cb) => { console.log("ran"); cb(null, `hook ${e.a || ""}`); };\n',
  'functions/lib/helper.private.js': say('private'),
  'assets/p.protected.txt': 'protected asset\n',
  'assets/data.private.json': '{"k":"v"}\n',
};

/** The signature as the vendor makes it: URL, then every field of a form, sorted. */
function sign(url, fields = {}, token = TOKEN) {
  const text = Object.keys(fields).sort().reduce((t, k) => t + k + fields[k], url);
  return createHmac('sha1', token).update(text, 'utf8').digest('base64');
}

let s;
before(async () => (s = await dev(files)));
after(() => s.stop());
const url = (path, base = `http://localhost:${s.port}`) => base + path;
const host = () => ({ Host: `localhost:${s.port}` });

test('a signed form reaches the function', async () => {
  const r = await s.request('/hook', { body: 'a=1&b=x+y', headers: { ...host(), 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': sign(url('/hook'), { a: '1', b: 'x y' }) } });
  assert.equal(r.status, 200);
  assert.equal(r.text, 'hook 1');
});

test('a signed JSON body needs its hash in the URL', async () => {
  const body = JSON.stringify({ a: 'json' });
  const path = `/hook?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
  const headers = { ...host(), 'Content-Type': 'application/json', 'X-Twilio-Signature': sign(url(path)) };
  assert.equal((await s.request(path, { body, headers })).text, 'hook json');
  assert.equal((await s.request(path, { body: body + ' ', headers })).status, 403);
});

test('without a signature, or with a wrong one, nothing runs and the cause is named', async () => {
  const before = s.out.split('ran').length;
  const causes = [];
  for (const headers of [{}, { 'X-Twilio-Signature': sign(url('/hook'), {}, 'f'.repeat(32)) }, { Origin: 'http://localhost:5173' }]) {
    const r = await s.request('/hook', { headers: { ...host(), ...headers } });
    assert.equal(r.status, 403, r.text);
    assert.equal(r.headers['access-control-allow-origin'], '*');
    assert.match(r.json().code, /^RK-\d+$/);
    assert.ok(!r.text.includes(TOKEN));
    causes.push(r.json().message);
  }
  assert.equal(new Set(causes).size, 3, causes.join('\n'));
  assert.equal(s.out.split('ran').length, before);
});

test('a signature for https is refused, and the answer says so', async () => {
  const r = await s.request('/hook', { headers: { ...host(), 'X-Twilio-Signature': sign(url('/hook', `https://localhost:${s.port}`)) } });
  assert.equal(r.status, 403);
  assert.match(r.json().message, /https/);
});

test('forwarded fields are not believed unless told to', async () => {
  const headers = { ...host(), 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'example.com', 'X-Twilio-Signature': sign('https://example.com/hook') };
  assert.equal((await s.request('/hook', { headers })).status, 403);
  const t = await dev(files, ['--trust-proxy', 'on']);
  try {
    assert.equal((await t.request('/hook', { headers })).status, 200);
    assert.equal((await t.request('/hook', { headers: { ...headers, 'X-Forwarded-Host': 'evil.example' } })).status, 403);
  } finally {
    await t.stop();
  }
});

test('public-url is what Twilio calls', async () => {
  const t = await dev(files, ['--public-url', 'https://example.com/base/']);
  try {
    const signed = (base) => t.request('/hook?x=1', { headers: { 'X-Twilio-Signature': sign(`${base}/hook?x=1`) } });
    assert.equal((await signed('https://example.com/base')).status, 200);
    assert.equal((await signed(`http://127.0.0.1:${t.port}`)).status, 403);
  } finally {
    await t.stop();
  }
});

test('protected assets are the same', async () => {
  assert.equal((await s.request('/p.txt')).status, 403);
  const headers = { ...host(), 'X-Twilio-Signature': sign(url('/p.txt')) };
  const r = await s.request('/p.txt', { headers });
  assert.equal(r.status, 200);
  assert.equal(r.text, 'protected asset\n');
});

test('a preflight needs no signature and runs nothing', async () => {
  for (const path of ['/hook', '/p.txt']) assert.equal((await s.request(path, { method: 'OPTIONS' })).status, 204);
});

test('private functions are not there, private assets say that they are private', async () => {
  for (const method of ['GET', 'POST', 'HEAD']) {
    const r = await s.request('/lib/helper', { method });
    assert.equal(r.status, 404);
    if (method === 'HEAD') continue;
    assert.equal(r.json().code, 'RK-405');
    assert.match(r.json().message, /private/);
  }
  const r = await s.request('/data.json');
  assert.equal(r.status, 403);
  assert.equal(r.text, 'This asset has been marked as private');
  assert.equal(r.headers['content-type'], 'text/html; charset=utf-8');
});

test('a signature does not open what is private', async () => {
  for (const path of ['/lib/helper', '/data.json']) {
    const r = await s.request(path, { headers: { ...host(), 'X-Twilio-Signature': sign(url(path)) } });
    assert.ok(r.status === 404 || r.status === 403);
    assert.ok(!r.text.includes('"k"'));
  }
});

test('without AUTH_TOKEN a protected path answers 500 and says what to do', async () => {
  const t = await dev({ 'functions/hook.protected.js': say('x') });
  try {
    const r = await t.request('/hook', { headers: { 'X-Twilio-Signature': sign(`http://127.0.0.1:${t.port}/hook`, {}, '') } });
    assert.equal(r.status, 500);
    assert.equal(r.json().code, 'RK-516');
    assert.match(r.json().message, /AUTH_TOKEN/);
  } finally {
    await t.stop();
  }
});

test('a new AUTH_TOKEN and a rename to protected count at once', async () => {
  const t = await dev({ '.env': 'AUTH_TOKEN=old\n', 'functions/hook.protected.js': say('x'), 'functions/a.js': say('a') });
  try {
    const ask = (token) => t.request('/hook', { headers: { 'X-Twilio-Signature': sign(`http://127.0.0.1:${t.port}/hook`, {}, token) } });
    assert.equal((await ask('old')).status, 200);
    put(t.dir, '.env', 'AUTH_TOKEN=new\n');
    await until('the new token to count', async () => (await ask('new')).status === 200);
    assert.equal((await ask('old')).status, 403);
  } finally {
    await t.stop();
  }
});
