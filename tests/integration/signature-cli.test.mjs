// `roomkey signature` and `roomkey invoke` from outside, against node:crypto and a server of the test's own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { roomkey, root } from './harness.mjs';

const TOKEN = 'only-for-tests-auth-token-0123456';
const URL = 'https://example.com/sms/reply?a=1';
const scratch = mkdtempSync(path.join(tmpdir(), 'roomkey-signature-'));
const file = (name, text) => {
  writeFileSync(path.join(scratch, name), text);
  return path.join(scratch, name);
};
const envFile = file('.env', `OTHER=x\nAUTH_TOKEN=${TOKEN}\n`);
const withToken = ['--env-file', envFile];

/** Runs roomkey to its end, while the test's server goes on. No run may ever show the auth token. */
function run(args, { input = '', env = {} } = {}) {
  const sanitizers = Object.entries(process.env).filter(([k]) => /^(A|UB|L)SAN_OPTIONS$/.test(k));
  const child = spawn(roomkey, args, { env: { ...Object.fromEntries(sanitizers), ...env } });
  const r = { out: '', err: '' };
  child.stdout.on('data', (d) => (r.out += d));
  child.stderr.on('data', (d) => (r.err += d));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((done) =>
    child.on('close', (status) => {
      assert.ok(!(r.out + r.err).includes(TOKEN), 'the auth token was shown');
      done({ ...r, status });
    })
  );
}
async function ends(status, args, options) {
  const r = await run(args, options);
  assert.equal(r.status, status, `${args.join(' ')}\n${r.out}${r.err}`);
  return r;
}

const hmac = (text) => createHmac('sha1', TOKEN).update(text).digest('base64');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

// ---- sign -----------------------------------------------------------------------------------

test('a form is signed as Twilio signs it, wherever the auth token comes from', async () => {
  const args = ['signature', 'sign', '--url', URL, '--form', 'To=+1 é', '--form', 'Body=a&b=c', '--form', 'To=+0'];
  const want = `${hmac(`${URL}Bodya&b=cTo+0To+1 é`)}\n`;
  assert.equal((await ends(0, [...args, ...withToken])).out, want);
  assert.equal((await ends(0, args, { env: { AUTH_TOKEN: TOKEN } })).out, want);
  assert.equal((await ends(0, [...args, '--auth-token-stdin'], { input: `${TOKEN}\n` })).out, want);
  assert.equal((await ends(0, [...args, '--auth-token-file', file('token', TOKEN)])).out, want);
});

test('a JSON body is hashed into the URL, before its fragment', async () => {
  const body = '{"a":"é"}';
  const called = `${URL}&bodySHA256=${sha256(body)}`;
  const r = await ends(0, ['signature', 'sign', '--url', `${URL}#f`, '--json', body, ...withToken]);
  assert.equal(r.out, `${hmac(`${called}#f`)}\n`);
  assert.ok(r.err.includes(called));
  const o = JSON.parse((await ends(0, ['signature', 'sign', '--url', URL, '--json', body, '--as-json', ...withToken])).out);
  assert.deepEqual(o, { signature: hmac(called), url: called, content_type: 'application/json', body });
  const raw = file('raw', Buffer.from([0, 255]));
  const b = JSON.parse((await ends(0, ['signature', 'sign', '--url', 'http://h/', '--body-file', raw, '--as-json', ...withToken])).out);
  assert.equal(b.url, `http://h/?bodySHA256=${sha256(Buffer.from([0, 255]))}`);
});

// ---- verify and explain ------------------------------------------------------------------------

test('verify exits 0 or 1, and names the cause', async () => {
  const good = ['signature', 'verify', '--url', URL, '--form', 'a=1', '--signature', hmac(`${URL}a1`), ...withToken];
  assert.equal((await ends(0, good)).out, 'valid\n');
  const bad = await ends(1, good.map((w) => (w === URL ? URL.replace('https', 'http') : w)));
  assert.match(bad.out, /^not valid \(RK-605, scheme\): .*The signature fits https:\/\/example\.com\/sms\/reply\?a=1\.\n {2}Set --public-url/);
});

test('explain exits 0 and gives an object', async () => {
  const ask = async (...args) => JSON.parse((await ends(0, ['signature', 'explain', '--as-json', ...withToken, ...args])).out);
  const scheme = await ask('--url', URL.replace('https', 'http'), '--signature', hmac(URL));
  assert.deepEqual([scheme.valid, scheme.name, scheme.code, scheme.url], [false, 'scheme', 'RK-605', URL]);
  assert.deepEqual(await ask('--url', URL, '--signature', hmac(URL)).then((o) => [o.valid, o.name]), [true, 'holds']);
  assert.equal((await ask('--url', URL)).name, 'no-header');
  assert.equal((await ask('--url', URL, '--origin', 'https://app.example.com')).name, 'browser');
  assert.equal((await ask('--url', 'http://127.0.0.1:3000/x', '--forwarded-host', 'b.example', '--signature', hmac('https://b.example/x'))).name, 'host');
  assert.equal((await ask('--url', URL, '--json', '{}', '--signature', hmac(URL))).name, 'hash-missing');
  assert.equal((await ask('--url', URL, '--signature', hmac(URL).slice(0, 27))).name, 'header');
  assert.equal((await ask('--url', URL, '--signature', hmac('something else'))).name, 'token');
});

// ---- invoke --------------------------------------------------------------------------------------

let server;
let base;
let seen;
before(async () => {
  server = http.createServer(async (req, res) => {
    const parts = [];
    for await (const d of req) parts.push(d);
    seen = { method: req.method, url: req.url, headers: req.headers, body: Buffer.concat(parts).toString() };
    res.writeHead(Number(/status=(\d+)/.exec(req.url)?.[1] || 200), { 'X-Answer': 'yes', Location: '/elsewhere' });
    res.end('the answer');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.close();
  rmSync(scratch, { recursive: true, force: true });
});
const invoke = (status, ...args) => ends(status, ['invoke', '--url', base, ...args]);

test('invoke sends what it is told and prints the body alone', async () => {
  const r = await invoke(0, '/a/../b?x=%41', '--header', 'X-One: 1', '--header', 'X-Two: 2');
  assert.deepEqual([r.out, r.err], ['the answer', '']);
  assert.deepEqual([seen.method, seen.url, seen.body], ['GET', '/a/../b?x=%41', '']);
  assert.deepEqual([seen.headers['x-one'], seen.headers['x-two'], seen.headers['x-twilio-signature']], ['1', '2', undefined]);
  await invoke(0, 'a', '--form', 'k=v w', '--form', 'q=&');
  assert.deepEqual([seen.method, seen.url, seen.body], ['POST', '/a', 'k=v%20w&q=%26']);
  assert.equal(seen.headers['content-type'], 'application/x-www-form-urlencoded');
  await invoke(0, 'a', '--json', '{"a":1}', '--method', 'PUT');
  assert.deepEqual([seen.method, seen.headers['content-type'], seen.body], ['PUT', 'application/json', '{"a":1}']);
  await invoke(0, 'a', '--method', 'HEAD');
  assert.equal(seen.method, 'HEAD');
});

test('invoke -v shows status and headers on standard error', async () => {
  const r = await invoke(0, '/a', '-v');
  assert.equal(r.out, 'the answer');
  assert.match(r.err, /^HTTP\/1\.1 200 OK\n/);
  assert.match(r.err, /^X-Answer: yes$/m);
  assert.equal((await invoke(0, '/a', '--verbose')).err.replace(/^Date.*$/m, ''), r.err.replace(/^Date.*$/m, ''));
});

test('the exit status follows that of HTTP, and no redirect is followed', async () => {
  assert.equal((await invoke(0, '/?status=302')).out, 'the answer');
  assert.equal(seen.url, '/?status=302');
  const r = await invoke(1, '/?status=404');
  assert.deepEqual([r.out, r.err], ['the answer', '404\n']);
  await invoke(1, '/?status=500');
  const closed = http.createServer();
  await new Promise((done) => closed.listen(0, '127.0.0.1', done));
  const { port } = closed.address();
  await new Promise((done) => closed.close(done));
  const gone = await ends(3, ['invoke', '/a', '--url', `http://127.0.0.1:${port}`]);
  assert.match(gone.err, /^error RK-809: .*\n {2}.*roomkey dev/);
});

test('invoke --sign signs forms, and hashes JSON into the URL', async () => {
  await invoke(0, '/f?x=1', '--sign', ...withToken, '--form', 'b=2 +', '--form', 'a=é');
  assert.equal(seen.headers['x-twilio-signature'], hmac(`${base}/f?x=1aéb2 +`));
  const body = '{"a":"é"}';
  await invoke(0, '/f?x=1', '--sign', ...withToken, '--json', body);
  assert.equal(seen.url, `/f?x=1&bodySHA256=${sha256(body)}`);
  assert.equal(seen.headers['x-twilio-signature'], hmac(base + seen.url));
  await invoke(0, '/g', '--sign', ...withToken);
  assert.equal(seen.headers['x-twilio-signature'], hmac(`${base}/g`));
});

// ---- mistakes --------------------------------------------------------------------------------------

test('mistakes end with 2', async () => {
  const rows = [
    [['signature', 'sign', ...withToken], 'RK-804', '--url'],
    [['signature', 'sign', '--url', URL], 'RK-804', '--auth-token-file'],
    [['signature', 'sign', '--url', URL, '--form', 'x', ...withToken], 'RK-802', 'NAME=VALUE'],
    [['signature', 'sign', '--url', URL, '--json', '{', ...withToken], 'RK-802', '--body-file'],
    [['signature', 'sign', '--url', URL, '--json', '{}', '--form', 'a=b', ...withToken], 'RK-802', 'one kind'],
    [['signature', 'sign', URL, ...withToken], 'RK-801', '--url URL'],
    [['signature', 'verify', '--signature', 'x', ...withToken], 'RK-804', '--url'],
    [['signature', 'explian'], 'RK-801', 'explain?'],
    [['invoke'], 'RK-804', 'roomkey invoke'],
    [['invoke', '/a', '/b'], 'RK-802', 'One path'],
    [['invoke', '/a', '--header', 'x'], 'RK-802', 'Name: value'],
    [['invoke', '/a', '--header', 'X: a\r\nY: b'], 'RK-802', 'Name: value'],
    [['invoke', '/a', '--url', 'ftp://localhost'], 'RK-802', 'http://'],
    [['invoke', '/a', '--sign'], 'RK-804', 'AUTH_TOKEN'],
  ];
  for (const [args, code, words] of rows) {
    const r = await ends(2, args);
    assert.equal(r.out, '');
    assert.ok(r.err.includes(code) && r.err.includes(words), `${args.join(' ')}: ${r.err}`);
  }
});

test('the auth token is never taken as an argument', async () => {
  for (const args of [['signature', 'sign', '--url', URL], ['signature', 'verify', '--url', URL], ['invoke', '/a', '--sign']]) {
    assert.match((await ends(2, [...args, '--auth-token', TOKEN])).err, /RK-803/);
    assert.match((await ends(2, [...args, `--auth-token=${TOKEN}`])).err, /RK-803/);
  }
});

test('every flag is in the manual page', async () => {
  const page = readFileSync(path.join(root, 'docs/man/roomkey.1'), 'utf8').replaceAll('\\-', '-');
  for (const verb of [['signature', 'sign'], ['signature', 'verify'], ['signature', 'explain'], ['invoke']])
    for (const [, flag] of (await ends(0, [...verb, '--help'])).out.matchAll(/^ {2}(--[a-z-]+)/gm))
      assert.ok(page.includes(flag), `${verb.join(' ')} ${flag} is not in roomkey.1`);
});
