// The verbs of `roomkey` that ask a server, against a stand-in: what they send, print, keep, and how they end.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { project, put, roomkey, until } from './harness.mjs';
import { Standin } from './standin.mjs';

const DONE = 0, REFUSED = 1, USAGE = 2, UNREACHABLE = 3;
const home = mkdtempSync(path.join(tmpdir(), 'roomkey-remote-'));
const kept = path.join(home, 'roomkey/credentials.json');
const server = new Standin();
before(() => server.start());
after(() => {
  server.stop();
  rmSync(home, { recursive: true, force: true });
});

function start(args, { env = {}, cwd = home, input = '' } = {}) {
  const sanitizers = Object.entries(process.env).filter(([k]) => /^(A|UB|L)SAN_OPTIONS$/.test(k));
  const child = spawn(roomkey, args, { cwd, env: { ...Object.fromEntries(sanitizers), XDG_CONFIG_HOME: home, ...env } });
  const r = { child, out: '', err: '', args };
  child.stdout.on('data', (d) => (r.out += d));
  child.stderr.on('data', (d) => (r.err += d));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  r.ended = new Promise((done) => child.on('close', (status, signal) => done((r.status = status ?? signal))));
  return r;
}

async function ends(status, args, options) {
  const r = start(args, options);
  await r.ended;
  assert.equal(r.status, status, `${args.join(' ')}\n${r.out}${r.err}`);
  if (status !== DONE) assert.match(r.err, /^error [\w-]+: /m);
  return r;
}
const done = (args, options) => ends(DONE, args, options);
const last = () => server.calls.at(-1);
const dev = () => server.services.find((s) => s.row.unique_name === 'shop').environments.find((e) => e.row.domain_suffix === 'dev');

// ---- login

test('nobody is logged in: words say how, nothing is sent', async () => {
  const r = await ends(REFUSED, ['keys', 'list', '--url', server.url]);
  assert.match(r.err, /RK-824: Nobody is logged in/);
  assert.equal(server.calls.length, 0);
});

test('a wrong set-up code is refused, in the server\'s words and with its request id', async () => {
  const r = await ends(REFUSED, ['account', 'create', '--url', server.url, '--code', 'no']);
  assert.match(r.err, /^error RK-741: That is not the code\.\n {2}\(RQ[0-9a-f]{32}\)/);
  assert.ok(!existsSync(kept));
});

test('account create takes the code from standard input, and keeps a login that only its owner reads', async () => {
  const r = await done(['account', 'create', '--url', server.url + '/', '--owner', 'ann'], { input: 'ABCD-1234\npass word\n' });
  assert.equal(r.out, server.account.account_sid + '\n');
  assert.ok(!(r.out + r.err).includes(server.account.auth_token), 'the auth token was shown');
  assert.deepEqual(last().body, { code: 'ABCD-1234', name: 'ann', password: 'pass word' });
  assert.equal(last().auth, undefined);
  assert.equal(statSync(kept).mode & 0o777, 0o600);
  assert.equal(statSync(path.dirname(kept)).mode & 0o777, 0o700);
  const login = JSON.parse(readFileSync(kept, 'utf8'));
  assert.deepEqual([login.url, login.user, login.secret], [server.url, server.account.account_sid, server.account.auth_token]);
  await done(['whoami']);
  assert.equal(last().auth, server.login());
});

test('a kept login goes to no other address, and not when others can read it', async () => {
  const n = server.calls.length;
  assert.match((await ends(REFUSED, ['whoami', '--url', `http://localhost:${server.port}`])).err, /is sent nowhere else/);
  assert.match((await ends(REFUSED, ['whoami'], { env: { ROOMKEY_URL: `http://localhost:${server.port}` } })).err, /RK-824/);
  chmodSync(kept, 0o644);
  assert.match((await ends(REFUSED, ['whoami'])).err, /open to others/);
  chmodSync(kept, 0o600);
  assert.equal(server.calls.length, n);
});

test('ROOMKEY_URL and the environment\'s credentials are used together only', async () => {
  const { account_sid: ACCOUNT_SID, auth_token: AUTH_TOKEN } = server.account;
  const r = await done(['whoami'], { env: { ROOMKEY_URL: server.url, ACCOUNT_SID, AUTH_TOKEN, XDG_CONFIG_HOME: '/nonexistent' } });
  assert.equal(r.out, ACCOUNT_SID + '\n');
  // Of a vendor's account, in a shell that is logged in here: not taken.
  await done(['whoami'], { env: { ACCOUNT_SID: 'AC' + 'f'.repeat(32), AUTH_TOKEN: 'x'.repeat(32) } });
  assert.equal(last().auth, server.login());
});

test('unreachable is 3, a refusal 1, a mistake 2', async () => {
  const env = { ROOMKEY_URL: 'http://127.0.0.1:1', ACCOUNT_SID: 'AC' + '0'.repeat(32), AUTH_TOKEN: 'x' };
  assert.match((await ends(UNREACHABLE, ['whoami'], { env })).err, /RK-809: .*\n {2}Is roomkey serve running/);
  env.ROOMKEY_URL = server.url;
  assert.match((await ends(REFUSED, ['whoami'], { env })).err, /error 20003: Authenticate\n {2}Log in again/);
  await ends(USAGE, ['keys', 'create']);
  await ends(USAGE, ['keys', 'delete', 'SK1']);
  await ends(USAGE, ['keys', 'list', 'word']);
});

test('login keeps only what works', async () => {
  const before = readFileSync(kept, 'utf8');
  const wrong = await ends(REFUSED, ['login', '--url', server.url, '--account-sid', server.account.account_sid], { input: 'wrong\n' });
  assert.match(wrong.err, /20003/);
  assert.equal(readFileSync(kept, 'utf8'), before);
  await ends(USAGE, ['login', '--url', server.url, '--account-sid', 'AC1'], { input: 'x\n' });
  await done(['login', '--url', server.url], { input: `${server.account.account_sid}\n${server.account.auth_token}\n` });
  assert.equal((await done(['whoami'])).out, server.account.account_sid + '\n');
});

// ---- keys

test('keys: made, listed, disabled, removed; the secret once', async () => {
  const made = await done(['keys', 'create', 'video', '--type', 'main', '--region', 'ie1', '--env']);
  const [, key, secret] = /^API_KEY=(SK\w{32})\nAPI_SECRET=(\w{32})\n$/.exec(made.out);
  assert.deepEqual(last().body, { friendly_name: 'video', type: 'main', region: 'ie1' });
  const list = await done(['keys', 'list']);
  assert.match(list.out, /^SID +NAME +TYPE +REGION/);
  assert.ok(list.out.includes(key) && !list.out.includes(secret));
  assert.equal(JSON.parse((await done(['keys', 'list', '--json'])).out).keys[0].sid, key);
  await done(['keys', 'disable', key]);
  assert.deepEqual(last().body, { disabled: true });
  await done(['keys', 'enable', key]);
  await done(['keys', 'delete', key]);
  assert.equal(server.keys.length, 0);
  assert.match((await ends(REFUSED, ['keys', 'delete', key])).err, /error 20404: /);
});

test('keys import reads the secret from a place, never from an argument', async () => {
  const sid = 'SK' + 'a'.repeat(32);
  const r = await ends(USAGE, ['keys', 'import', sid, '--secret', 'abc']);
  assert.match(r.err, /RK-803/);
  await done(['keys', 'import', sid, '--name', 'of the vendor'], { input: 'only-for-tests\n' });
  assert.deepEqual(last().body, { sid, secret: 'only-for-tests', friendly_name: 'of the vendor' });
  await done(['keys', 'import', sid], { env: { API_SECRET: 'from-the-environment' } });
  assert.equal(last().body.secret, 'from-the-environment');
});

// ---- deploy

const files = {
  'package.json': '{"name":"@me/shop"}',
  '.env': 'ACCOUNT_SID=AC1\nAUTH_TOKEN=x\nCOLOR=red\nEMPTY=\n',
  'functions/hello.js': 'exports.handler = (c, e, cb) => cb(null, 1);\n',
  'functions/sms/reply.protected.js': '// "quoted"\n',
  'functions/lib.private.js': '//\n',
  'functions/.hidden.js': '//\n',
  'assets/index.html': '<p>',
  'assets/logo.png': Buffer.from([0x89, 0x50, 0xff, 0x00]),
};
let dir;

test('a dry run changes nothing', async () => {
  dir = project(files);
  const r = await done(['deploy', dir, '--dry-run']);
  assert.match(r.err, /The service shop would be made/);
  assert.match(r.err, /^\+ \/hello$/m);
  assert.equal(server.services.length, 0);
  assert.ok(server.calls.every((c) => c.method === 'GET' || !c.path.startsWith('/v1/Services')));
});

test('deploy makes service and environment, sends everything, prints the URLs', async () => {
  const r = await done(['deploy', dir]);
  assert.match(r.out, /^http:\/\/shop-1234-dev\.localhost:3000\/hello\nhttp:\/\/shop-1234-dev\.localhost:3000\/sms\/reply\n$/);
  assert.match(r.err, /^\+ \/sms\/reply {2}protected$/m);
  const parts = Object.fromEntries(dev().parts.map((p) => [p.path, p]));
  assert.deepEqual(Object.keys(parts).sort(), ['/hello', '/index.html', '/lib', '/logo.png', '/sms/reply']);
  assert.deepEqual(parts['/logo.png'].bytes, files['assets/logo.png']);
  assert.equal(parts['/lib'].visibility, 'private');
  assert.deepEqual(dev().variables.map((v) => [v.key, v.value]), [['COLOR', 'red']]);
  assert.equal(server.services[0].row.include_credentials, true);
});

test('the same content again: nothing to do, nothing is written', async () => {
  const n = server.calls.length;
  const r = await done(['deploy', dir]);
  assert.match(r.err, /Nothing to do/);
  assert.equal(r.out, '');
  assert.ok(server.calls.slice(n).every((c) => c.method === 'GET'));
});

test('only what changed is sent, what is gone is removed', async () => {
  put(dir, 'functions/hello.js', '// new\n');
  put(dir, '.env', 'COLOR=blue\nSIZE=1\n');
  rmSync(path.join(dir, 'assets/logo.png'));
  const base_build = dev().row.build_sid;
  const r = await done(['deploy', dir, '--json']);
  assert.match(r.err, /^~ \/hello$/m);
  assert.match(r.err, /^- \/logo\.png$/m);
  assert.match(r.err, /^~ variable COLOR$/m);
  assert.equal(JSON.parse(r.out).build_sid, dev().row.build_sid);
  const sent = server.calls.find((c) => c.path.endsWith('/Changes') && c.body.base_build === base_build).body;
  assert.deepEqual(sent, { base_build, put: [{ kind: 'function', visibility: 'public', path: '/hello', content: '// new\n' }], remove: [{ kind: 'asset', path: '/logo.png' }] });
  assert.deepEqual(dev().variables.map((v) => [v.key, v.value]), [['COLOR', 'blue'], ['SIZE', '1']]);
});

test('what does not compile is told at its line, and leaves the running version and its variables alone', async () => {
  put(dir, 'functions/sms/reply.protected.js', 'const a = 1;\nconst SYNTAX ERROR\n');
  put(dir, '.env', 'COLOR=green\nSIZE=1\n');
  const live = dev().row.build_sid;
  const r = await ends(REFUSED, ['deploy', dir]);
  assert.match(r.err, /^functions\/sms\/reply\.protected\.js:2:7: Unexpected token\n {4}const SYNTAX ERROR$/m);
  assert.match(r.err, /error RK-730: It does not compile\./);
  assert.equal(dev().row.build_sid, live);
  assert.equal(dev().variables[0].value, 'blue');
  put(dir, 'functions/sms/reply.protected.js', '// "quoted"\n');
});

test('folders that cannot be deployed are refused before anything is sent', async () => {
  const n = server.calls.length;
  assert.match((await ends(REFUSED, ['deploy', project({ 'a.txt': '' })])).err, /RK-102/);
  assert.match((await ends(REFUSED, ['deploy', project({ 'functions/a+b.js': '' })])).err, /RK-109/);
  assert.match((await ends(REFUSED, ['deploy', project({ 'functions/a.js': '', 'functions/a.private.js': '' })])).err, /RK-108/);
  assert.match((await ends(REFUSED, ['deploy', project({ 'functions/a.js': '' }), '--env', 'other.env'])).err, /RK-805: other\.env/);
  assert.equal(server.calls.length, n);
});

// ---- services, versions, environments

test('services by name or SID, listed in a table', async () => {
  const made = (await done(['services', 'create', 'other', '--include-credentials'])).out.trim();
  assert.match(made, /^ZS/);
  assert.equal(last().body.IncludeCredentials, 'true');
  assert.match((await done(['services', 'list'])).out, /^shop +dev-environment +http:\/\/shop-1234-dev\.localhost:3000 +3 /m);
  assert.equal(JSON.parse((await done(['services', 'show', made, '--json'])).out).unique_name, 'other');
  assert.match((await ends(REFUSED, ['services', 'create', 'other'])).err, /error 20409/);
  await ends(USAGE, ['services', 'delete', 'other']);
  await done(['services', 'delete', 'other', '--yes']);
  assert.equal(server.services.length, 1);
  assert.match((await ends(REFUSED, ['services', 'show', 'nobody'])).err, /RK-826: There is no service nobody/);
  await ends(USAGE, ['services', 'show', '../Keys']);
});

test('versions, rollback and promote', async () => {
  const [newest, oldest] = dev().deployments.map((d) => d.build_sid);
  const list = await done(['versions', 'shop']);
  assert.match(list.out, new RegExp(`^N +BUILD +DEPLOYED +LIVE\n2 +${newest} .*live\n1 +${oldest} .*-\n$`));
  assert.equal((await done(['rollback', 'shop'])).out.trim(), oldest);
  assert.equal(dev().row.build_sid, oldest);
  await done(['rollback', 'shop', '--to', '2']);
  assert.equal(dev().row.build_sid, newest);
  await done(['rollback', 'shop', '--to', newest]);
  assert.equal(dev().deployments.length, 4, 'what is live already is not deployed again');
  assert.match((await ends(REFUSED, ['rollback', 'shop', '--to', '9'])).err, /RK-826: There is no version 9/);
  await done(['promote', 'shop']);
  const production = server.services[0].environments.find((e) => e.row.domain_suffix === null);
  assert.equal(production.row.build_sid, newest);
  assert.equal(production.row.unique_name, 'production');
  await ends(USAGE, ['versions', 'shop']);
  await done(['versions', 'shop', '--environment', 'production']);
});

test('env: masked, set from standard input, imported', async () => {
  const at = ['--service', 'shop', '--environment', 'dev'];
  await done(['env', 'set', 'TOKEN', 'PLAIN=a=b', ...at], { input: 'only-for-tests\n' });
  const list = (await done(['env', 'list', ...at])).out;
  assert.match(list, /^TOKEN +\*{4}$/m);
  assert.ok(!list.includes('only-for-tests'));
  assert.match((await done(['env', 'list', '--show', ...at])).out, /^TOKEN=only-for-tests\nPLAIN=a=b$/m);
  assert.equal((await done(['env', 'get', 'TOKEN', ...at])).out, 'only-for-tests\n');
  await done(['env', 'unset', 'TOKEN', ...at]);
  assert.match((await ends(REFUSED, ['env', 'get', 'TOKEN', ...at])).err, /RK-826/);
  await done(['env', 'import', '-', '--replace', ...at], { input: 'A=1\nPLAIN=a=b\nAUTH_TOKEN=x\n' });
  assert.deepEqual(dev().variables.map((v) => `${v.key}=${v.value}`).sort(), ['A=1', 'PLAIN=a=b']);
  assert.match((await ends(REFUSED, ['env', 'list', '--service', 'shop', '--environment', 'nope'])).err, /it has: dev, production/);
});

test('lists are read to their last page, wherever their next page says it is', async () => {
  const e = dev();
  server.pageSize = 2;
  e.variables = Array.from({ length: 5 }, (_, i) => ({ sid: `ZV${'0'.repeat(31)}${i}`, key: `K${i}`, value: 'v' }));
  const r = await done(['env', 'list', '--service', 'shop', '--environment', 'dev', '--json']);
  assert.equal(Object.keys(JSON.parse(r.out)).length, 5);
  server.pageSize = 1000;
});

// ---- logs and upkeep

const line = { sid: 'NO1', date: '2026-11-24T04:04:21.123Z', path: '/hello', kind: 'line', level: 'info', message: 'hi\x1b[2J', status: null };
const request = { ...line, kind: 'request', level: 'error', method: 'POST', status: 500, took_us: 12345, message: 'Error: no' };

test('logs: filters go out escaped, control characters stay covered', async () => {
  server.logs = [request, line];
  const r = await done(['logs', 'shop', '--text', 'a b&c', '--level', 'error', '--limit', '2']);
  assert.deepEqual(last().query, { Service: server.services[0].row.sid, Level: 'error', Text: 'a b&c', PageSize: '2' });
  assert.equal(r.out, '2026-11-24T04:04:21.123Z  info  /hello  hi\\x1b[2J\n2026-11-24T04:04:21.123Z  error  POST /hello 500 in 12.3 ms  Error: no\n');
  assert.match(r.err, /--after NO1/);
});

test('logs --tail prints what comes as it comes', async (t) => {
  const r = start(['logs', '--tail']);
  t.after(() => r.child.kill());
  await until('the stream', () => server.streams.length);
  server.send(line);
  await until('the line', () => r.out.includes('\n'));
  server.send(request);
  await until('the next', () => r.out.includes('POST /hello 500'));
  server.streams.forEach((s) => s.end());
  assert.equal(await r.ended, DONE);
});

test('audit, backup, accounts', async () => {
  assert.match((await done(['audit'])).out, /key\.create/);
  assert.equal((await done(['backup'])).out, 'roomkey-2026-11-24.db\n');
  assert.match((await done(['accounts', 'list'])).out, /^SID +NAME +CREATED\nAC/);
  assert.match((await done(['accounts', 'create', 'two', '--env'])).out, /^ACCOUNT_SID=AC\w{32}\nAUTH_TOKEN=\w{32}\n$/);
});

test('twilio-env prints what the vendor\'s tools read', async () => {
  await ends(USAGE, ['twilio-env']);
  await ends(REFUSED, ['twilio-env', '--data', 'nowhere']);
  mkdirSync(path.join(home, "d'ata/tls"), { recursive: true });
  writeFileSync(path.join(home, "d'ata/tls/ca.pem"), '');
  const r = await done(['twilio-env', '--data', "d'ata"]);
  assert.equal(r.out, `export TWILIO_EDGE='@127.0.0.1:${server.port}/x'\nexport NODE_EXTRA_CA_CERTS='${home}/d'\\''ata/tls/ca.pem'\n` +
    `export TWILIO_ACCOUNT_SID='${server.account.account_sid}'\nexport TWILIO_AUTH_TOKEN='${server.account.auth_token}'\n`);
});

test('https: only with the authority that vouches for the server, which login keeps', async (t) => {
  const dir = mkdtempSync(path.join(home, 'tls-'));
  const at = (name) => path.join(dir, name);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=stand-in',
    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', at('key.pem'), '-out', at('ca.pem')], { stdio: 'ignore' });
  const secure = new Standin({ tls: { key: readFileSync(at('key.pem')), cert: readFileSync(at('ca.pem')) } });
  await secure.start();
  t.after(() => secure.stop());
  const env = { XDG_CONFIG_HOME: dir };
  const setUp = ['account', 'create', '--url', secure.url, '--code', secure.code];
  assert.match((await ends(UNREACHABLE, setUp, { env })).err, /RK-809: The server does not prove who it is/);
  assert.equal(secure.calls.length, 0);
  await done([...setUp, '--ca', at('ca.pem')], { env });
  assert.equal((await done(['whoami'], { env })).out, secure.account.account_sid + '\n');
});

test('logout forgets', async () => {
  await done(['logout']);
  assert.ok(!existsSync(kept));
  assert.match((await done(['logout'])).err, /Nobody was logged in/);
  await ends(REFUSED, ['whoami']);
});
