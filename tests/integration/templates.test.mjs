// `roomkey init` and `roomkey new`: what they write is served, and does what it says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { dev, keys, postJson, project, put, roomkey, secret, tutorial } from './harness.mjs';

const scratch = mkdtempSync(path.join(tmpdir(), 'roomkey-new-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const run = (...args) => spawnSync(roomkey, args, { encoding: 'utf8', cwd: scratch });
const ok = (...args) => {
  const r = run(...args);
  assert.equal(r.status, 0, r.stderr);
  return r;
};
const refused = (status, code, ...args) => {
  const r = run(...args);
  assert.equal(r.status, status, r.stdout + r.stderr);
  assert.equal(r.stdout, '');
  assert.match(r.stderr, new RegExp(`error ${code}: `));
  return r.stderr;
};
const SID = (prefix) => prefix + '0'.repeat(31) + '9';

/** The payload of a token whose signature holds. */
function verified(token) {
  const [head, body, signature] = token.split('.');
  assert.equal(createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url'), signature);
  return JSON.parse(Buffer.from(body, 'base64url').toString());
}

test('init: the tutorial\'s function word for word, a page that asks it, and nothing but keys to fill in', async () => {
  const made = ok('init', 'a/My App');
  assert.deepEqual(made.stdout.trim().split('\n').sort(), ['.env', '.gitignore', 'assets/index.html', 'functions/create-room-token.js', 'package.json'].map((n) => `a/My App/${n}`));
  assert.match(made.stderr, /roomkey dev/);
  const dir = path.join(scratch, 'a/My App');
  assert.equal(readFileSync(path.join(dir, 'functions/create-room-token.js'), 'utf8'), tutorial);
  assert.equal(JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8')).name, 'my-app');
  assert.equal(statSync(path.join(dir, '.env')).mode & 0o077, 0, 'nobody else reads .env');
  assert.match(readFileSync(path.join(dir, '.gitignore'), 'utf8'), /^\.env$/m);
  let env = readFileSync(path.join(dir, '.env'), 'utf8');
  for (const line of keys.trim().split('\n')) env = env.replace(new RegExp(`^${line.split('=')[0]}=$`, 'm'), line);
  writeFileSync(path.join(dir, '.env'), env);
  const s = await dev(dir);
  try {
    assert.match(s.out, /development of my-app/);
    assert.doesNotMatch(s.out, /Missing/);
    const r = await postJson(s, '/create-room-token', { identity: 'alice', room: 'daily' });
    assert.equal(verified(r.text).grants.identity, 'alice');
    const page = await s.request('/index.html');
    assert.equal(page.status, 200);
    assert.match(page.text, /create-room-token/);
  } finally {
    await s.stop();
  }
});

test('init: all or nothing, and nothing is overwritten', () => {
  const dir = project({ 'package.json': '{}' });
  assert.match(refused(1, 'RK-821', 'init', dir), /package\.json/);
  assert.deepEqual(existsSync(path.join(dir, 'functions')), false);
  ok('init', 'twice');
  const before = readFileSync(path.join(scratch, 'twice/.env'), 'utf8');
  refused(1, 'RK-821', 'init', 'twice');
  assert.equal(readFileSync(path.join(scratch, 'twice/.env'), 'utf8'), before);
  refused(2, 'RK-804', 'init');
  refused(2, 'RK-801', 'init', 'a', 'b');
  refused(1, 'RK-822', 'init', '/dev/null/x');
  assert.deepEqual(JSON.parse(ok('init', 'json', '--json').stdout).created.length, 5);
  rmSync(dir, { recursive: true });
});

test('new: paths, folders, variables, refusals', () => {
  const dir = project({ '.env': 'API_KEY=SK1' });
  const at = (name) => readFileSync(path.join(dir, name), 'utf8');
  ok('new', '/voice/token', '--template', 'voice-token', '--project', dir);
  assert.match(at('functions/voice/token.js'), /VoiceGrant/);
  assert.match(at('.env'), /^API_KEY=SK1\n\n# functions\/voice\/token\.js reads these.*\n# ACCOUNT_SID=\n# API_SECRET=\n# TWIML_APP_SID=\n$/);
  const env = at('.env');
  ok('new', 'functions/other.js', '--template', 'voice-token', '--project', dir);
  assert.equal(at('.env'), env, 'each is added once');
  assert.ok(existsSync(path.join(dir, 'functions/other.js')));
  refused(1, 'RK-821', 'new', 'other', '--project', dir);
  for (const bad of ['../up', 'a/../b', '', '/', 'a b', 'a?b', '.hidden', 'a//b', 'x'.repeat(300)]) refused(2, 'RK-80\\d', 'new', bad, '--project', dir);
  assert.match(refused(2, 'RK-802', 'new', 'a', '--template', 'vidoe-token', '--project', dir), /video-token/);
  refused(1, 'RK-805', 'new', 'a', '--project', path.join(dir, 'nowhere'));
  refused(2, 'RK-804', 'new');
  put(dir, '.twilioserverlessrc', '{ functionsFolder: "./api" }');
  ok('new', 'hello', '--project', dir);
  assert.ok(existsSync(path.join(dir, 'api/hello.js')));
  rmSync(dir, { recursive: true });
  const src = project({ 'src/a.js': '' });
  ok('new', 'b', '--project', src);
  assert.ok(existsSync(path.join(src, 'src/b.js')));
  assert.ok(!existsSync(path.join(src, '.env')), 'blank reads nothing');
  rmSync(src, { recursive: true });
});

test('new --list names every template, and each is served and does what it says', async () => {
  const list = ok('new', '--list').stdout.trim().split('\n').map((l) => l.split(/ +/)[0]);
  assert.deepEqual(list, ['blank', 'video-token', 'voice-token', 'chat-token', 'sync-token', 'sms-reply']);
  assert.deepEqual(JSON.parse(ok('new', '--list', '--json').stdout).templates.map((t) => t.name), list);
  const dir = project({ '.env': keys });
  for (const name of list) ok('new', name, '--template', name, '--project', dir);
  appendFileSync(path.join(dir, '.env'), `TWIML_APP_SID=${SID('AP')}\nCHAT_SERVICE_SID=${SID('IS')}\nSYNC_SERVICE_SID=${SID('IS')}\n`);
  const s = await dev(dir);
  try {
    assert.doesNotMatch(s.out, /Missing|RK-/);
    assert.deepEqual((await s.request('/blank?name=you')).json(), { hello: 'you' });
    const grants = async (name, body) => {
      const r = await postJson(s, '/' + name, body);
      assert.equal(r.status, 200, r.text);
      assert.equal(r.headers['access-control-allow-origin'], '*');
      assert.equal(r.json().identity, 'alice');
      const payload = verified(r.json().token);
      assert.equal(payload.exp - payload.iat, 3600);
      assert.equal(payload.grants.identity, 'alice');
      return payload.grants;
    };
    const who = { identity: 'alice' };
    assert.deepEqual((await grants('video-token', { ...who, room: 'daily' })).video, { room: 'daily' });
    assert.deepEqual((await grants('voice-token', who)).voice, { incoming: { allow: true }, outgoing: { application_sid: SID('AP') } });
    assert.deepEqual((await grants('chat-token', who)).chat, { service_sid: SID('IS') });
    assert.deepEqual((await grants('sync-token', who)).data_sync, { service_sid: SID('IS') });
    for (const [name, body] of [['video-token', who], ['video-token', { room: 'x' }], ['video-token', { identity: ['a'], room: 'x' }], ['voice-token', {}], ['voice-token', { identity: 'a b' }], ['chat-token', {}], ['sync-token', { identity: '' }]]) {
      const r = await postJson(s, '/' + name, body);
      assert.equal(r.status, 400, `${name} ${JSON.stringify(body)}`);
      assert.match(r.json().error, /identity/);
    }
    const sms = await s.request('/sms-reply', { method: 'POST', body: 'Body=hi+%26+bye&From=%2B15551234567', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    assert.equal(sms.status, 200);
    assert.match(sms.headers['content-type'], /^text\/xml/);
    assert.equal(sms.text, '<?xml version="1.0" encoding="UTF-8"?><Response><Message>You wrote: hi &amp; bye</Message></Response>');
  } finally {
    await s.stop();
    rmSync(dir, { recursive: true });
  }
});
