// The whole server from outside: set-up, hosts, variables, signatures, versions, isolation, and what happens when parts of it end.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { alive, family, tutorial } from './harness.mjs';
import { send, serve as start, sleep, temp, until } from './platform.mjs';

const echo = `exports.handler = (context, event, callback) => callback(null, { names: Object.keys(context).sort(), domain: context.DOMAIN_NAME, path: context.PATH,
  service: context.SERVICE_SID, environment: context.ENVIRONMENT_SID, account: context.ACCOUNT_SID, token: context.AUTH_TOKEN, a: context.A, env: process.env.A });`;
const says = (text) => `exports.handler = (c, e, callback) => callback(null, ${JSON.stringify(text)});`;
let s;
const started = [];
const serve = async (...how) => {
  const one = await start(...how);
  started.push(one);
  return one;
};
before(async () => {
  s = await serve();
});
after(() => Promise.all(started.map((one) => one.stop('SIGKILL'))));

test('the first start: a code that works once, and no other', async () => {
  assert.match(s.setupCode(), /^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
  assert.equal((await s.own('POST', 'Setup', { code: 'AAAA-AAAA', account_name: 'x' })).status, 403);
  const made = await s.setUp({ name: 'Ada', password: 'correct horse battery' });
  assert.match(made.account_sid, /^AC[0-9a-f]{32}$/);
  assert.equal((await s.own('POST', 'Setup', { code: s.setupCode(), account_name: 'x' })).status, 409);
  assert.equal((await s.own('GET', 'Status')).json().is_set_up, true);
});

test('the data directory is for its owner alone', () => {
  assert.equal(statSync(s.dir).mode & 0o777, 0o700);
  for (const f of ['roomkey.db', 'master.key', 'tls/ca.key', 'tls/server.key']) assert.equal(statSync(path.join(s.dir, f)).mode & 0o077, 0, f);
});

test('a host names an environment; others get words', async () => {
  const d = await s.deploy('hosts', { '/echo': echo }, { variables: { A: 'value' }, credentials: true });
  const got = (await d.call('/echo')).json();
  assert.equal(got.domain, d.host);
  assert.equal(got.path, '/echo');
  assert.equal(got.service, d.service.sid);
  assert.equal(got.environment, d.environment.sid);
  assert.equal(got.account, s.account);
  assert.equal(got.token, s.token);
  assert.equal(got.a, 'value');
  assert.equal(got.env, 'value');
  assert.equal((await send(s.port, '/echo', { host: d.host.toUpperCase() })).status, 200);
  assert.equal((await send(s.port, '/echo', { host: d.host.replace(/:\d+$/, '') })).status, 200);
  const stranger = await send(s.port, '/echo', { host: 'nobody.localhost' });
  assert.equal(stranger.status, 404);
  assert.match(stranger.text, /nobody\.localhost/);
});

test('without the box, no credentials; with it, at once', async () => {
  const d = await s.deploy('boxes', { '/echo': echo });
  assert.equal((await d.call('/echo')).json().token, undefined);
  await s.api('POST', `/v1/Services/${d.service.sid}`, { IncludeCredentials: 'true' });
  assert.equal((await d.call('/echo')).json().token, s.token);
});

test('a variable counts when its change has been answered', async () => {
  const d = await s.deploy('variables', { '/echo': echo }, { variables: { A: '1' } });
  const at = `/v1/Services/${d.service.sid}/Environments/${d.environment.sid}/Variables`;
  const [row] = (await s.api('GET', at)).json().variables;
  for (let i = 2; i < 8; i++) {
    await s.api('POST', `${at}/${row.sid}`, { Value: String(i) });
    assert.equal((await d.call('/echo')).json().a, String(i));
  }
});

test('the tutorial: its function, three variables, a token for alice', async () => {
  const key = (await s.own('POST', 'Keys', { friendly_name: 'video', type: 'standard' })).json();
  const d = await s.deploy('tutorial', { '/create-room-token': tutorial }, { variables: { API_KEY: key.sid, API_SECRET: key.secret }, credentials: true });
  const r = await d.call('/create-room-token', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"identity":"alice"}' });
  assert.equal(r.status, 200, r.text);
  const seen = (await s.own('POST', 'Tokens/Inspect', { token: r.text })).json();
  assert.equal(seen.signature, 'valid');
  assert.equal(seen.payload.grants.identity, 'alice');
});

test('a secret that is not that of its key is refused, with the name of the key; so is a disabled key', async () => {
  const key = (await s.own('POST', 'Keys', { friendly_name: 'my video key', type: 'standard' })).json();
  const wrong = await s.deploy('wrong-secret', { '/t': tutorial }, { variables: { API_KEY: key.sid, API_SECRET: 'abcdefghijklmnopqrstuvwxyz012345' }, credentials: true });
  const refused = await wrong.call('/t?identity=a');
  assert.equal(refused.status, 500);
  assert.match(refused.text, /RK-215/);
  assert.match(refused.text, /my video key/);
  assert.ok(!refused.text.includes(key.secret));
  const right = await s.deploy('right-secret', { '/t': tutorial }, { variables: { API_KEY: key.sid, API_SECRET: key.secret }, credentials: true });
  assert.equal((await right.call('/t?identity=a')).status, 200);
  await s.own('POST', `Keys/${key.sid}`, { disabled: true });
  await until('the disabled key to be refused', async () => /RK-216/.test((await right.call('/t?identity=a')).text));
  const unknown = await s.deploy('unknown-key', { '/t': tutorial }, {
    variables: { API_KEY: 'SK00000000000000000000000000000002', API_SECRET: 'abcdefghijklmnopqrstuvwxyz012345' }, credentials: true });
  assert.equal((await unknown.call('/t?identity=a')).status, 200);
});

test('a protected function opens for a signature made with the account\'s auth token', async () => {
  const d = await s.deploy('protected', { '/sms': says('in') }, { visibility: { '/sms': 'protected' } });
  const body = 'Body=hello&From=%2B1';
  const sign = (token) => createHmac('sha1', token).update(`http://${d.host}/smsBodyhelloFrom+1`).digest('base64');
  const call = (signature) => d.call('/sms', { method: 'POST', body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...(signature && { 'X-Twilio-Signature': signature }) } });
  assert.equal((await call(sign(s.token))).text, 'in');
  assert.equal((await call(sign('0'.repeat(32)))).status, 403);
  assert.equal((await call()).status, 403);
});

test('assets: public ones are sent, private ones only read', async () => {
  const d = await s.deploy('assets', { '/read': 'exports.handler = (c, e, cb) => cb(null, Runtime.getAssets()["/secret.txt"].open());' });
  const r = await d.change({}, { put: [
    { kind: 'asset', path: '/page.html', visibility: 'public', content: '<p>page</p>' },
    { kind: 'asset', path: '/secret.txt', visibility: 'private', content: 'for functions' },
    { kind: 'asset', path: '/dot.png', visibility: 'public', content_base64: 'iVBORw0KGgo=' },
  ] });
  assert.equal(r.status, 201, r.text);
  const page = await d.call('/page.html');
  assert.equal(page.text, '<p>page</p>');
  assert.match(page.headers['content-type'], /^text\/html/);
  assert.match((await d.call('/dot.png')).headers['content-type'], /^image\/png/);
  assert.equal((await d.call('/secret.txt')).status, 403);
  assert.equal((await d.call('/read')).text, 'for functions');
});

test('a function that does not compile changes nothing, and is shown at its line', async () => {
  const d = await s.deploy('broken', { '/x': says('one') });
  const r = await d.change({ '/x': 'exports.handler = (c, e, cb) => {\n  cb(null, ;\n};' });
  assert.equal(r.status, 422);
  assert.equal(r.json().problems[0].path, '/x');
  assert.equal(r.json().problems[0].line, 2);
  assert.equal((await d.call('/x')).text, 'one');
});

test('the same content again is no change; an older base is told what is live', async () => {
  const d = await s.deploy('twice', { '/x': says('one') });
  const first = d.base;
  assert.equal((await d.change({ '/x': says('one') })).status, 200);
  assert.equal((await d.change({ '/x': says('two') })).status, 201);
  const late = await d.change({ '/x': says('three') }, { base_build: first });
  assert.equal(late.status, 409);
  assert.equal(late.json().live_build, d.base);
  assert.equal((await d.call('/x')).text, 'two');
});

test('a build that asks for a package that is not there fails in words', async () => {
  const d = await s.deploy('packages', { '/x': says('x') });
  const content = (await s.own('GET', `Services/${d.service.sid}/Environments/${d.environment.sid}/Content`)).json();
  const build = (await s.api('POST', `/v1/Services/${d.service.sid}/Builds`, { FunctionVersions: content.functions[0].version_sid, Dependencies: '[{"name":"lodash","version":"4.17.21"}]' })).json();
  const at = `/v1/Services/${d.service.sid}/Builds/${build.sid}`;
  const status = await until('the build to end', async () => {
    const now = (await s.api('GET', `${at}/Status`)).json().status;
    return now !== 'building' && now;
  });
  assert.equal(status, 'failed');
});

test('another account finds nothing of this one', async () => {
  const d = await s.deploy('mine', { '/echo': echo }, { variables: { A: 'mine alone' } });
  const other = (await s.own('POST', 'Accounts', { friendly_name: 'Other' })).json();
  const as = { Authorization: 'Basic ' + Buffer.from(`${other.sid}:${other.auth_token}`).toString('base64') };
  for (const target of [`/v1/Services/${d.service.sid}`, `/v1/Services/${d.service.sid}/Environments/${d.environment.sid}/Variables`, '/v1/Services/mine',
    `/2010-04-01/Accounts/${s.account}/Keys.json`, `/roomkey/v1/Services/${d.service.sid}/Environments/${d.environment.sid}/Content`]) {
    const r = await send(s.adminPort, target, { headers: as });
    assert.equal(r.status, 404, `${target}: ${r.text}`);
  }
  assert.deepEqual((await send(s.adminPort, '/v1/Services', { headers: as })).json().services, []);
});

test('logs: lines and requests are found, and stream; a variable\'s value is masked', async () => {
  const d = await s.deploy('logs', { '/say': 'exports.handler = (c, e, cb) => { console.log("the value is", c.A); console.error("an error"); cb(null, "x"); };' }, { variables: { A: 'sesame-open-4711' } });
  const stream = new AbortController();
  const events = await fetch(`http://127.0.0.1:${s.adminPort}/roomkey/v1/Logs`, { headers: { Authorization: s.basic(), Accept: 'text/event-stream' }, signal: stream.signal });
  assert.equal(events.headers.get('content-type'), 'text/event-stream');
  const reader = events.body.getReader();
  await d.call('/say');
  let text = '';
  while (!/an error/.test(text)) text += new TextDecoder().decode((await reader.read()).value);
  stream.abort();
  assert.match(text, /event: log/);
  const find = async (query) => (await s.own('GET', `Logs?Service=${d.service.sid}&${query}`)).json().logs;
  const rows = await find('');
  assert.deepEqual(new Set(rows.map((r) => r.kind)), new Set(['line', 'request']));
  assert.ok(rows.every((r) => !r.message.includes('sesame')));
  assert.ok(rows.some((r) => r.message.includes('the value is')));
  assert.equal((await find('Level=error')).length, 1);
  assert.ok((await find('Text=value')).length >= 1);
  assert.equal((await find(`RequestSid=${rows[0].request_sid}`)).length, 3);
});

test('audit: who, when, what, from where', async () => {
  const { entries } = (await s.own('GET', 'Audit?PageSize=100')).json();
  assert.ok(entries.length > 10);
  for (const e of entries) {
    assert.match(e.actor, /^(AC|SK|US)/);
    assert.ok(e.action && e.date && e.origin, JSON.stringify(e));
  }
  assert.ok(!JSON.stringify(entries).includes(s.token));
});

test('sessions: a cookie opens the API, writes need the header and the own origin, logging out ends it', async () => {
  const r = await send(s.adminPort, '/roomkey/v1/Session', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Roomkey': '1' }, body: JSON.stringify({ name: 'Ada', password: 'correct horse battery' }) });
  assert.equal(r.status, 201, r.text);
  const [set] = r.headers['set-cookie'];
  assert.match(set, /^roomkey_session=.*HttpOnly/i);
  assert.match(set, /SameSite=Strict/i);
  const cookie = set.split(';')[0];
  const post = (more) => send(s.adminPort, '/roomkey/v1/Keys', { method: 'POST', headers: { Cookie: cookie, 'Content-Type': 'application/json', ...more }, body: '{"friendly_name":"k","type":"standard"}' });
  assert.equal((await send(s.adminPort, '/v1/Services', { headers: { Cookie: cookie } })).status, 200);
  assert.equal((await post({})).status, 403);
  assert.equal((await post({ 'X-Roomkey': '1', Origin: 'http://evil.example' })).status, 403);
  assert.equal((await post({ 'X-Roomkey': '1' })).status, 201);
  assert.equal((await send(s.adminPort, '/roomkey/v1/Session', { method: 'DELETE', headers: { Cookie: cookie, 'X-Roomkey': '1' } })).status, 204);
  assert.equal((await send(s.adminPort, '/v1/Services', { headers: { Cookie: cookie } })).status, 401);
});

test('keeper, gateway and workers may die: the server goes on', async () => {
  const d = await s.deploy('deaths', { '/x': says('alive') });
  for (const role of ['worker', 'keeper', 'gateway']) {
    const [one] = family(s.child.pid).filter((p) => p.role === role);
    process.kill(one.pid, 'SIGKILL');
    await until(`an answer after the death of a ${role}`, async () => (await d.call('/x').catch(() => ({}))).text === 'alive', 10000);
    await until(`the API after the death of a ${role}`, async () => (await s.api('GET', '/v1/Services').catch(() => ({}))).status === 200, 10000);
  }
});

test('SIGTERM ends it in order', async () => {
  const all = family(s.child.pid);
  assert.equal(await s.stop(), 0);
  for (const p of all) assert.ok(!alive(p.pid), p.role);
});

test('idle workers leave, and the next call brings one', async () => {
  const idle = await serve(['--idle-timeout', '300']);
  try {
    await idle.setUp();
    const d = await idle.deploy('idle', { '/x': says('awake') });
    assert.equal((await d.call('/x')).text, 'awake');
    await until('the worker to leave', () => !family(idle.child.pid).some((p) => p.role === 'worker'), 10000);
    for (let i = 0; i < 5; i++) {
      assert.equal((await d.call('/x')).text, 'awake');
      await sleep(280 + 10 * i);
    }
  } finally {
    await idle.stop();
  }
});

test('what is wrong with a data directory is one line, and changes nothing', async () => {
  const dir = temp('refused');
  const first = await serve([], { dir });
  await first.setUp();
  await first.stop();
  const key = path.join(dir, 'master.key');
  const before = readFileSync(path.join(dir, 'roomkey.db'));
  const refused = async (code) => {
    await assert.rejects(serve([], { dir }), (e) => new RegExp(code).test(e.message));
    assert.deepEqual(readFileSync(path.join(dir, 'roomkey.db')), before, code);
  };
  chmodSync(key, 0o444);
  await refused('RK-703');
  chmodSync(key, 0o600);
  const right = readFileSync(key);
  writeFileSync(key, Buffer.alloc(32, 7));
  await refused('RK-710');
  rmSync(key);
  await refused('RK-701');
  writeFileSync(key, right, { mode: 0o400 });
  chmodSync(dir, 0o755);
  await refused('RK-756');
  chmodSync(dir, 0o700);
  const again = await serve([], { dir });
  assert.equal(again.setupCode(), undefined);
  await again.stop();
  rmSync(dir, { recursive: true });
});

test('the master key from the environment, or as a systemd credential: no file is made, and no other process has it', async () => {
  const key = Buffer.alloc(32, 9).toString('base64');
  const credentials = temp('credentials');
  writeFileSync(path.join(credentials, 'roomkey-master'), `${key}\n`, { mode: 0o400 });
  const dir = temp('key');
  const one = await serve([], { dir, env: { ROOMKEY_MASTER_KEY: key } });
  await one.setUp();
  assert.throws(() => statSync(path.join(dir, 'master.key')), { code: 'ENOENT' });
  for (const p of family(one.child.pid)) assert.ok(!readFileSync(`/proc/${p.pid}/environ`, 'latin1').includes(key), p.role);
  await one.stop();
  await assert.rejects(serve([], { dir }), /RK-701/);
  const two = await serve([], { dir, env: { CREDENTIALS_DIRECTORY: credentials } });
  Object.assign(two, { account: one.account, token: one.token });
  assert.equal((await two.api('GET', '/v1/Services')).status, 200);
  await two.stop();
  for (const d of [dir, credentials]) rmSync(d, { recursive: true });
});

test('a backup opens as a server of its own', async () => {
  const one = await serve();
  await one.setUp();
  const d = await one.deploy('kept', { '/x': says('kept') });
  const made = await one.own('POST', 'Backup', {});
  assert.equal(made.status, 201, made.text);
  const dir = temp('restored');
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'roomkey.db'), readFileSync(path.join(one.dir, 'backups', path.basename(made.json().file))), { mode: 0o600 });
  writeFileSync(path.join(dir, 'master.key'), readFileSync(path.join(one.dir, 'master.key')), { mode: 0o400 });
  const two = await serve([], { dir });
  const host = d.host.replace(/:\d+$/, '');
  assert.equal((await send(two.port, '/x', { host })).text, 'kept');
  await Promise.all([one.stop(), two.stop()]);
  rmSync(dir, { recursive: true });
});

test('one environment may answer under every other host', async () => {
  const dir = temp('default');
  const one = await serve([], { dir });
  await one.setUp();
  const d = await one.deploy('default', { '/x': says('default') });
  await one.stop();
  const two = await serve(['--default-environment', d.environment.sid], { dir });
  assert.equal((await send(two.port, '/x', { host: 'fn.example.com' })).text, 'default');
  await two.stop();
  rmSync(dir, { recursive: true });
});
