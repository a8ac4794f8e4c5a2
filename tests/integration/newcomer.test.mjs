// The newcomer's path with the command alone, from an empty folder to a token, against the real server; each step timed.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { exampleDir, project, roomkey, until } from './harness.mjs';
import { send, serve, temp } from './platform.mjs';

const home = temp('home');
let server, apiKey, apiSecret, url;
const env = () => ({ PATH: process.env.PATH, XDG_CONFIG_HOME: home });
const dev = ['--service', 'rooms', '--environment', 'dev'];

before(async () => {
  server = await serve([], { keep: true });
  console.log(`  serve: ${Math.round(server.startedMs)} ms`);
});
after(async () => {
  await server?.stop();
  for (const dir of [home, server?.dir]) if (dir) rmSync(dir, { recursive: true, force: true });
});

/** Runs the command; it has to end with `status`. */
function run(args, { input = '', status = 0, more = {} } = {}) {
  const began = performance.now();
  return new Promise((done, fail) => {
    const child = execFile(roomkey, args, { cwd: home, env: { ...env(), ...more }, timeout: 60000 }, (error, out, err) => {
      const code = error ? error.code ?? error.signal : 0;
      console.log(`  ${args.slice(0, 2).join(' ')}: ${Math.round(performance.now() - began)} ms`);
      code === status ? done({ out, err }) : fail(new Error(`${args.join(' ')} ended with ${code}\n${out}${err}`));
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

test('from a set-up code to a token that verifies', async () => {
  const account = (await run(['account', 'create', '--url', `http://127.0.0.1:${server.adminPort}`], { input: `${server.setupCode()}\n` })).out.trim();
  assert.match(account, /^AC[0-9a-f]{32}$/);
  const key = /^API_KEY=(SK[0-9a-f]{32})\nAPI_SECRET=(\S+)\n$/.exec((await run(['keys', 'create', 'video', '--env'])).out);
  assert.ok(key);
  [, apiKey, apiSecret] = key;
  await run(['services', 'create', 'rooms', '--include-credentials']);
  const deployed = await run(['deploy', exampleDir, '--service', 'rooms']);
  url = new URL(deployed.out.split('\n').find((l) => l.endsWith('/create-room-token')));
  await run(['env', 'set', `API_KEY=${apiKey}`, ...dev]);
  await run(['env', 'set', 'API_SECRET', ...dev], { input: `${apiSecret}\n` });
  const began = performance.now();
  const r = await send(server.port, url.pathname, {
    method: 'POST', host: url.host, headers: { 'Content-Type': 'application/json' }, body: '{"identity":"alice","room":"daily"}',
  });
  console.log(`  the first token: ${Math.round(performance.now() - began)} ms`);
  assert.equal(r.status, 200, r.text);
  const token = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(r.text)[0];
  await run(['token', 'verify', '-', '--account-sid', account, '--key-sid', apiKey], { input: token, more: { API_SECRET: apiSecret } });
  await run(['token', 'verify', '-'], { input: token, status: 1, more: { API_SECRET: 'x'.repeat(32) } });
});

test('versions, rollback, promote', async () => {
  const dir = project({ 'functions/v.js': 'exports.handler = (c, e, cb) => { console.log("line of v"); cb(null, "two"); };' });
  await run(['deploy', dir, '--service', 'rooms']);
  const v = () => send(server.port, '/v', { host: url.host });
  assert.equal((await v()).text, 'two');
  assert.match((await run(['versions', 'rooms', '--environment', 'dev'])).out, /^2 .*live\n1 /m);
  await run(['rollback', 'rooms', '--environment', 'dev']);
  assert.equal((await v()).status, 404);
  await run(['rollback', 'rooms', '--environment', 'dev', '--to', '2']);
  assert.equal((await v()).text, 'two');
  await run(['promote', 'rooms', '--from', 'dev', '--to', 'production']);
  assert.match((await run(['services', 'list'])).out, /production/);
  assert.equal((await run(['deploy', dir, '--service', 'rooms'])).out, '', 'the same again is nothing to do');
});

test('env, logs, audit', async (t) => {
  const list = (await run(['env', 'list', ...dev])).out;
  assert.ok(list.includes('API_SECRET') && !list.includes(apiSecret));
  const child = spawn(roomkey, ['logs', 'rooms', '--tail'], { env: env(), cwd: home });
  t.after(() => child.kill());
  let tail = '';
  child.stdout.on('data', (d) => (tail += d));
  await until('the line in the tail', async () => {
    await send(server.port, '/v', { host: url.host });
    return tail.includes('line of v');
  });
  await until('the line in the logs', async () => (await run(['logs', 'rooms', '--text', 'line of v'])).out.includes('line of v'));
  const audit = (await run(['audit'])).out;
  const row = /^(\S+) +(\S+) +Key\.\S+ +(\S+) +(\S+) *$/m.exec(audit);
  assert.ok(row, audit);
  assert.match(row[1], /^\d{4}-\d\d-\d\dT/);
  assert.match(row[2], /^AC/);
  assert.match(row[3], /^SK/);
  assert.match(row[4], /127\.0\.0\.1/);
  assert.ok(!audit.includes(apiSecret));
});

test('backup, accounts, whoami, twilio-env, rekey, logout', async () => {
  const file = (await run(['backup'])).out.trim();
  assert.ok(existsSync(path.join(server.dir, 'backups', path.basename(file))));
  const account = (await run(['whoami'])).out.trim();
  assert.match((await run(['accounts', 'list'])).out, new RegExp(`^${account} `, 'm'));
  assert.match((await run(['accounts', 'create', 'two', '--env'])).out, /^ACCOUNT_SID=AC\w{32}\nAUTH_TOKEN=\S+\n$/);
  assert.match((await run(['twilio-env', '--data', server.dir])).out, /^export TWILIO_EDGE='@127\.0\.0\.1:\d+\/x'$/m);
  const dir = server.dir;
  const key = readFileSync(path.join(dir, 'master.key'));
  await server.stop();
  await run(['rekey', dir]);
  assert.notDeepEqual(readFileSync(path.join(dir, 'master.key')), key);
  await run(['logout']);
  await run(['whoami'], { status: 1 });
});
