// The tutorial's function, unchanged, and what comes back from it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { dev, exampleDir, keys, postJson, root, secret, tutorial } from './harness.mjs';

const require = createRequire(import.meta.url);
const jsonwebtoken = require('jsonwebtoken');
const twilio = require('twilio');

let s;
before(async () => (s = await dev(exampleDir)));
after(() => s.stop());

const check = (jwt) => jsonwebtoken.verify(jwt, secret, { algorithms: ['HS256'] });

test('the text in the example is the text of the README, word for word', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const plain = (t) => t.replace(/\s+/g, ' ').trim();
  assert.ok(plain(readme).includes(plain(tutorial)));
});

test('POST JSON gives a bare token that jsonwebtoken verifies', async () => {
  const r = await postJson(s, '/create-room-token', { identity: 'alice', room: 'daily' });
  assert.equal(r.status, 200);
  assert.equal(r.headers['content-type'], 'application/json; charset=utf-8');
  assert.match(r.text, /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/);
  const claims = check(r.text);
  assert.deepEqual(claims.grants, { identity: 'alice', video: {} });
  assert.equal(claims.exp - claims.iat, 3600);
  assert.equal(claims.iss, 'SK00000000000000000000000000000002');
  assert.equal(claims.sub, 'AC00000000000000000000000000000001');
  assert.equal(claims.jti, `${claims.iss}-${claims.iat}`);
});

test('the header names the algorithm, the type and the content type, in the vendor order', async () => {
  const r = await postJson(s, '/create-room-token', { identity: 'alice' });
  assert.equal(Buffer.from(r.text.split('.')[0], 'base64url').toString(), '{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1"}');
});

test('the npm twilio library mints the very same token at the same second', async () => {
  const r = await postJson(s, '/create-room-token', { identity: 'alice' });
  const { iat } = check(r.text);
  const { AccessToken } = twilio.jwt;
  const theirs = new AccessToken('AC00000000000000000000000000000001', 'SK00000000000000000000000000000002', secret, { identity: 'alice' });
  theirs.addGrant(new AccessToken.VideoGrant());
  const now = Date.now;
  Date.now = () => iat * 1000;
  try {
    assert.equal(r.text, theirs.toJwt());
  } finally {
    Date.now = now;
  }
});

test('form, query and JSON each carry the identity', async () => {
  const form = await s.request('/create-room-token', { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'identity=b%20ob' });
  assert.equal(check(form.text).grants.identity, 'b ob');
  const query = await s.request('/create-room-token?identity=caf%C3%A9');
  assert.equal(check(query.text).grants.identity, 'café');
  const number = await postJson(s, '/create-room-token', { identity: 7 });
  assert.equal(check(number.text).grants.identity, '7');
  const none = await postJson(s, '/create-room-token', {});
  assert.deepEqual(check(none.text).grants, { video: {} });
  const twice = await s.request('/create-room-token?identity=a&identity=b');
  assert.deepEqual(check(twice.text).grants, { video: {} });
});

test('the function sends its own CORS headers, and a preflight never reaches it', async () => {
  const r = await postJson(s, '/create-room-token', { identity: 'alice' }, { headers: { Origin: 'http://localhost:8000' } });
  assert.equal(r.headers['access-control-allow-origin'], '*');
  assert.equal(r.headers['access-control-allow-methods'], 'POST');
  const pre = await s.request('/create-room-token', { method: 'OPTIONS', headers: { Origin: 'http://localhost:8000', 'Access-Control-Request-Method': 'POST' } });
  assert.equal(pre.status, 204);
  assert.equal(pre.headers['access-control-allow-methods'], 'GET, POST, OPTIONS');
  assert.equal(pre.headers['access-control-max-age'], '86400');
  assert.equal(pre.text, '');
});

test('--json-string quoted gives the JSON-quoted form', async () => {
  const q = await dev({ 'functions/create-room-token.js': tutorial, '.env': keys }, ['--json-string', 'quoted']);
  try {
    const r = await postJson(q, '/create-room-token', { identity: 'alice' });
    assert.match(r.text, /^"[^"]+"$/);
    assert.equal(check(r.json()).grants.identity, 'alice');
  } finally {
    await q.stop();
  }
});

test('each variable that is missing is named, in the vendor order, with 500', async () => {
  const cases = [
    ['', 'accountSid is required'],
    ['ACCOUNT_SID=AC00000000000000000000000000000001\n', 'keySid is required'],
    ['ACCOUNT_SID=AC00000000000000000000000000000001\nAPI_KEY=SK00000000000000000000000000000002\n', 'secret is required'],
  ];
  for (const [env, message] of cases) {
    const q = await dev({ 'functions/t.js': tutorial, '.env': env });
    try {
      const r = await postJson(q, '/t', { identity: 'alice' });
      assert.equal(r.status, 500);
      assert.ok(r.json().message.startsWith(message), r.text);
      assert.equal(r.headers['access-control-allow-origin'], '*');
      assert.match(q.out, new RegExp('API_SECRET'));
    } finally {
      await q.stop();
    }
  }
});

test('a token that the vendor will reject is refused with a code and the way out; --token-lint changes that', async () => {
  const swapped = 'ACCOUNT_SID=SK00000000000000000000000000000002\nAPI_KEY=AC00000000000000000000000000000001\nAPI_SECRET=abcdefghijklmnopqrstuvwxyz012345\n';
  for (const [level, status] of [['refuse', 500], ['warn', 200], ['off', 200]]) {
    const q = await dev({ 'functions/t.js': tutorial, '.env': swapped }, ['--token-lint', level]);
    try {
      const r = await postJson(q, '/t', { identity: 'alice' });
      assert.equal(r.status, status, `${level}: ${r.text}`);
      if (level === 'refuse') assert.match(r.json().message, /RK-2\d\d/);
      if (level === 'warn') assert.match(q.out + q.err, /RK-2\d\d/);
      assert.ok(!(q.out + q.err + r.text).includes(secret), 'the secret is nowhere');
    } finally {
      await q.stop();
    }
  }
});

test("the tutorial's own words (account SID and auth token) still mint, with a warning that names 20103", async () => {
  const env = 'ACCOUNT_SID=AC00000000000000000000000000000001\nAPI_KEY=AC00000000000000000000000000000001\nAPI_SECRET=0123456789abcdef0123456789abcdef\n';
  const q = await dev({ 'functions/t.js': tutorial, '.env': env });
  try {
    const r = await postJson(q, '/t', { identity: 'alice' });
    assert.equal(r.status, 200);
    assert.match(q.out + q.err, /20103/);
  } finally {
    await q.stop();
  }
});
