// The vendor's deploy tool, unmodified, against `roomkey serve`: only environment variables point it here.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tutorial } from '../integration/harness.mjs';
import { send, serve, sleep } from '../integration/platform.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const tool = path.join(here, 'node_modules/twilio-run/bin/twilio-run.js');
let server, dir, deployed;

/** Runs twilio-run in the project; resolves with { code, out, err }. */
function run(...args) {
  const env = {
    PATH: process.env.PATH, HOME: dir, CI: '1', TERM: 'dumb',
    TWILIO_EDGE: `@127.0.0.1:${server.adminPort}/x`,
    NODE_EXTRA_CA_CERTS: server.ca,
  };
  return new Promise((done) =>
    execFile(
      process.execPath,
      [tool, ...args, '--username', server.account, '--password', server.token, '--cwd', dir],
      { cwd: dir, env, timeout: 120000 },
      (error, out, err) => done({ code: error ? error.code ?? error.signal : 0, out, err })
    )
  );
}

async function json(...args) {
  const r = await run(...args, '-o', 'json');
  assert.equal(r.code, 0, r.err + r.out);
  return JSON.parse(r.out.slice(r.out.search(/[[{]/)));
}

before(async () => {
  server = await serve();
  await server.setUp();
  dir = mkdtempSync(path.join(tmpdir(), 'roomkey-twilio-run-'));
  for (const f of ['functions', 'assets']) mkdirSync(path.join(dir, f));
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name: 'room-token', version: '1.0.0', dependencies: { twilio: '5.0.3' } }));
  writeFileSync(path.join(dir, 'functions/create-room-token.js'), tutorial);
  writeFileSync(path.join(dir, 'functions/hello.js'), 'exports.handler = (c, e, cb) => { console.log("hello was called"); cb(null, `hello ${c.GREETING}`); };');
  writeFileSync(path.join(dir, 'assets/page.html'), '<p>page</p>');
  writeFileSync(path.join(dir, '.env'), 'API_KEY=SK00000000000000000000000000000002\nAPI_SECRET=abcdefghijklmnopqrstuvwxyz012345\nGREETING=world\n');
});
after(() => server?.stop());

test('deploy makes service, environment, builds and variables, and says where it is', async () => {
  const r = await json('deploy');
  assert.match(r.domain, /^room-token-\d{4}-dev\.localhost/);
  assert.equal(r.functions.length, 2);
  assert.equal(r.assets.length, 1);
  deployed = r;
});

test('what was deployed answers: a token that opens, a page, a greeting', async () => {
  const host = deployed.domain;
  const token = await send(server.port, '/create-room-token?identity=ada', { host });
  assert.equal(token.status, 200, token.text);
  const payload = JSON.parse(Buffer.from(token.text.split('.')[1], 'base64url'));
  assert.equal(payload.grants.identity, 'ada');
  assert.equal(payload.sub, server.account);
  assert.equal((await send(server.port, '/page.html', { host })).text, '<p>page</p>');
  assert.equal((await send(server.port, '/hello', { host })).text, 'hello world');
});

test('deploying again deploys the edit', async () => {
  writeFileSync(path.join(dir, 'functions/hello.js'), 'exports.handler = (c, e, cb) => { console.log("hello was called"); cb(null, `hi ${c.GREETING}`); };');
  const r = await run('deploy', '--override-existing-project');
  assert.equal(r.code, 0, r.err + r.out);
  assert.equal((await send(server.port, '/hello', { host: deployed.domain })).text, 'hi world');
});

test('a syntax error fails the build and leaves what runs alone', async () => {
  const file = path.join(dir, 'functions/hello.js');
  const good = readFileSync(file, 'utf8');
  writeFileSync(file, 'exports.handler = (c, e, cb) => { cb(null, ; };');
  const r = await run('deploy', '--override-existing-project');
  writeFileSync(file, good);
  assert.notEqual(r.code, 0);
  assert.equal((await send(server.port, '/hello', { host: deployed.domain })).text, 'hi world');
});

test('list shows services, environments, functions, assets and variables', async () => {
  for (const what of ['services', 'environments', 'builds', 'functions', 'assets', 'variables']) {
    const r = await run('list', what, '--service-sid', deployed.serviceSid, '--extended-output');
    assert.equal(r.code, 0, r.err + r.out);
    assert.match(r.out, /room-token|ZS|ZE|ZB|hello|page|GREETING/, what);
  }
});

test('env get, set, list, unset, import', async () => {
  const at = ['--service-sid', deployed.serviceSid, '--environment', 'dev'];
  assert.equal((await run('env', 'get', '--key', 'GREETING', ...at)).out.trim(), 'world');
  let r = await run('env', 'set', '--key', 'GREETING', '--value', 'moon & co + 1', ...at);
  assert.equal(r.code, 0, r.err);
  assert.equal((await run('env', 'get', '--key', 'GREETING', ...at)).out.trim(), 'moon & co + 1');
  assert.equal((await send(server.port, '/hello', { host: deployed.domain })).text, 'hi moon & co + 1');
  assert.match((await run('env', 'list', ...at)).out, /GREETING/);
  r = await run('env', 'unset', '--key', 'GREETING', ...at);
  assert.equal(r.code, 0, r.err);
  assert.equal((await send(server.port, '/hello', { host: deployed.domain })).text, 'hi undefined');
  r = await run('env', 'import', ...at, '--env', '.env');
  assert.equal(r.code, 0, r.err + r.out);
  assert.equal((await send(server.port, '/hello', { host: deployed.domain })).text, 'hi world');
});

test('promote takes a build to another environment', async () => {
  const r = await run('promote', '--service-sid', deployed.serviceSid, '--from', 'dev', '--production', '--create-environment');
  assert.equal(r.code, 0, r.err + r.out);
  const domain = deployed.domain.replace('-dev.', '.');
  assert.equal((await send(server.port, '/hello', { host: domain })).text.slice(0, 3), 'hi ');
});

test('logs shows what functions said', async () => {
  await sleep(1500);
  const r = await run('logs', '--service-sid', deployed.serviceSid, '--environment', 'dev');
  assert.equal(r.code, 0, r.err);
  assert.match(r.out, /hello was called/);
});

test('logs --tail shows the next line as it comes', async () => {
  const env = { PATH: process.env.PATH, HOME: dir, CI: '1', TWILIO_EDGE: `@127.0.0.1:${server.adminPort}/x`, NODE_EXTRA_CA_CERTS: server.ca };
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [tool, 'logs', '--tail', '--service-sid', deployed.serviceSid, '--environment', 'dev',
    '--username', server.account, '--password', server.token, '--cwd', dir], { cwd: dir, env });
  let out = '';
  child.stdout.on('data', (d) => (out += d));
  try {
    await sleep(3000);
    const before = out.length;
    await send(server.port, '/hello', { host: deployed.domain });
    for (let i = 0; i < 100 && !/hello was called/.test(out.slice(before)); i++) await sleep(100);
    assert.match(out.slice(before), /hello was called/);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a wrong password is refused with the vendor\'s words', async () => {
  const r = await new Promise((done) =>
    execFile(process.execPath, [tool, 'list', 'services', '--username', server.account, '--password', 'f'.repeat(32), '--cwd', dir],
      { cwd: dir, env: { PATH: process.env.PATH, HOME: dir, CI: '1', TWILIO_EDGE: `@127.0.0.1:${server.adminPort}/x`, NODE_EXTRA_CA_CERTS: server.ca } },
      (error, out, err) => done({ code: error ? error.code : 0, text: out + err })));
  assert.notEqual(r.code, 0);
  assert.match(r.text, /20003|401|Authenticat/i);
});
