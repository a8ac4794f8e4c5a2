// The processes: what they hold, how they end, what happens when one of them dies.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, rmSync, renameSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { alive, build, dev, exampleDir, family, keys, postJson, put, request, roomkey, sleep, slow, tutorial, until } from './harness.mjs';

// What the sanitizers chat about by themselves; what they find is `runtime error` or `ERROR:`, and stays.
const chat = /^(==\d+==(WARNING: (Can't read|Failed to use)|Running thread)|-+$|Suppressions used:|\s+count\s+bytes|\s+\d+\s+\d+ libjavascriptcoregtk)/;
const plain = (err) => (process.env.ROOMKEY_ASAN ? err.split('\n').filter((l) => l && !chat.test(l)).join('\n') : err);

const one = (text) => `exports.handler = (context, event, callback) => callback(null, ${JSON.stringify(text)});\n`;

test('ldd: the gateway maps neither JavaScriptCore nor OpenSSL; the worker maps no libcurl', () => {
  const ldd = (role) => execFileSync('ldd', [path.join(build, `src/${role}/${role}`)], { encoding: 'utf8' });
  assert.doesNotMatch(ldd('gateway'), /javascriptcore|libcrypto/);
  assert.match(ldd('worker'), /javascriptcore/);
  assert.doesNotMatch(ldd('super'), /javascriptcore|microhttpd|libcrypto/);
});

test('gateway and worker are sealed: seccomp filter, no new privileges; the worker holds no socket but its channels', async () => {
  const s = await dev(exampleDir);
  try {
    await postJson(s, '/create-room-token', { identity: 'a' });
    const kids = family(s.child.pid);
    for (const role of ['gateway', 'worker', 'keeper']) {
      const k = kids.find((p) => p.role === role);
      assert.ok(k, role);
      const status = readFileSync(`/proc/${k.pid}/status`, 'utf8');
      assert.match(status, /NoNewPrivs:\s+1/, role);
      assert.match(status, /Seccomp:\s+2/, role);
    }
    const worker = kids.find((p) => p.role === 'worker');
    assert.notEqual(readlinkSync(`/proc/${worker.pid}/ns/net`), readlinkSync('/proc/self/ns/net'), 'a network namespace of its own');
    assert.deepEqual(readFileSync(`/proc/${worker.pid}/environ`, 'latin1').split('\0').filter((v) => v && !/^(JSC_|ASAN|UBSAN|LSAN)/.test(v)), []);
  } finally {
    await s.stop();
  }
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`${signal} ends everything cleanly, exit status 0, no process left`, async () => {
    const s = await dev(exampleDir, ['--gateways', '2', '--workers', '3']);
    await postJson(s, '/create-room-token', { identity: 'a' });
    // The first worker that is ready serves; the others follow.
    await until('three workers', () => family(s.child.pid).filter((k) => k.role === 'worker').length === 3);
    const kids = family(s.child.pid);
    assert.equal(kids.filter((k) => k.role === 'gateway').length, 2);
    const t0 = Date.now();
    assert.equal(await s.stop(signal), 0);
    assert.ok(Date.now() - t0 < 3000 * slow);
    await sleep(50);
    assert.deepEqual(kids.filter((k) => alive(k.pid)), []);
    assert.equal(plain(s.err), '', 'nothing to say about it');
  });
}

test('SIGKILL of the first process leaves no orphan', async () => {
  const s = await dev(exampleDir);
  const kids = family(s.child.pid);
  assert.ok(kids.length >= 4);
  s.child.kill('SIGKILL');
  await until('all gone', () => kids.every((k) => !alive(k.pid)));
});

test('a worker that dies is replaced; its request gets 502 with a request id', async () => {
  const slowFn = `exports.handler = (c, e, cb) => setTimeout(() => cb(null, 'late'), 3000);\n`;
  const s = await dev({ 'functions/slow.js': slowFn, 'functions/a.js': one('a') }, ['--workers', '1']);
  try {
    const pending = s.request('/slow');
    await sleep(150);
    const before = family(s.child.pid).find((k) => k.role === 'worker').pid;
    process.kill(before, 'SIGKILL');
    const r = await pending;
    assert.equal(r.status, 502);
    assert.match(r.json().request_id, /^RQ/);
    assert.equal((await s.request('/a')).text, 'a');
    const now = family(s.child.pid).filter((k) => k.role === 'worker');
    assert.equal(now.length, 1);
    assert.notEqual(now[0].pid, before);
  } finally {
    await s.stop();
  }
});

test('gateway and keeper are replaced as well', async () => {
  const s = await dev({ 'functions/a.js': one('a') });
  try {
    for (const role of ['gateway', 'keeper']) {
      const old = family(s.child.pid).find((k) => k.role === role).pid;
      process.kill(old, 'SIGKILL');
      await until(`a new ${role}`, () => family(s.child.pid).some((k) => k.role === role && k.pid !== old));
      await until('service', () => s.request('/a').then((r) => r.text === 'a', () => false));
    }
    put(s.dir, 'functions/b.js', one('b'));
    await until('the new keeper watches', async () => (await s.request('/b')).text === 'b');
  } finally {
    await s.stop();
  }
});

test('an allocation bomb ends its worker, not the server', async () => {
  const bomb = `exports.handler = (c, e, cb) => { const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1)); };\n`;
  const s = await dev({ 'functions/bomb.js': bomb, 'functions/a.js': one('a') }, ['--memory', '128', '--timeout', '5000']);
  try {
    assert.ok([500, 502].includes((await s.request('/bomb')).status));
    await until('service', () => s.request('/a').then((r) => r.text === 'a', () => false));
  } finally {
    await s.stop();
  }
}, { skip: process.env.ROOMKEY_ASAN ? 'the sanitizers change what memory costs' : false });

test('edits, new and removed files are served within a moment, and no request fails meanwhile', async () => {
  const s = await dev({ 'functions/a.js': one('v0') });
  try {
    let stop = false, bad = 0, n = 0;
    const load = (async () => {
      while (!stop) {
        const r = await s.request('/a').catch(() => ({ status: 0 }));
        n++;
        if (r.status !== 200) bad++;
      }
    })();
    for (let i = 1; i <= 10; i++) {
      put(s.dir, 'functions/a.js', one('v' + i));
      await until(`v${i}`, async () => (await s.request('/a')).text === 'v' + i, 2000);
    }
    stop = true;
    await load;
    assert.equal(bad, 0, `${bad} of ${n} requests failed`);
    put(s.dir, 'functions/sub/new.js', one('new'));
    await until('new file', async () => (await s.request('/sub/new')).text === 'new');
    renameSync(path.join(s.dir, 'functions/sub/new.js'), path.join(s.dir, 'functions/sub/other.js'));
    await until('renamed', async () => (await s.request('/sub/other')).text === 'new' && (await s.request('/sub/new')).status === 404);
    rmSync(path.join(s.dir, 'functions/sub'), { recursive: true });
    await until('removed', async () => (await s.request('/sub/other')).status === 404);
    put(s.dir, 'functions/env.js', 'exports.handler = (c, e, cb) => cb(null, { v: process.env.V });');
    put(s.dir, '.env', 'V=one\n');
    await until('.env', async () => (await s.request('/env')).text === '{"v":"one"}');
    await until('old workers gone', () => family(s.child.pid).filter((k) => k.role === 'worker').length === 2);
  } finally {
    await s.stop();
  }
});

test('a port in use says so and what to do', async () => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await new Promise((r) => other.on('listening', r));
  const { port } = other.address();
  const r = spawnSync(roomkey, ['dev', exampleDir, '--port', String(port)], { encoding: 'utf8', timeout: 5000 * slow });
  other.close();
  assert.equal(r.status, 1);
  assert.match(r.stderr, new RegExp(`${port}`));
  assert.match(r.stderr, /--port/);
  assert.match(r.stderr, /RK-\d+/);
});

test('no project, no functions folder, unreadable .env, duplicate paths: a code and the way out', async () => {
  const bad = async (files, flags, re) => {
    const s = await dev(files, flags, { expectExit: true });
    await s.stop();
    assert.notEqual(s.code, 0);
    assert.match(s.out + s.err, re);
    assert.match(s.out + s.err, /RK-1\d\d/);
    assert.deepEqual(family(s.child.pid), []);
  };
  await bad('/no/such/folder', [], /folder/i);
  await bad({ 'readme.txt': 'x' }, [], /functions/);
  const s = await dev({ 'functions/a.js': one('a'), 'functions/a.protected.js': one('p'), 'functions/b.js': one('b'), 'functions/c#d.js': one('c') });
  try {
    assert.match(s.out + s.err, /a\.protected\.js/);
    assert.match(s.out + s.err, /c#d\.js/);
    assert.equal((await s.request('/b')).text, 'b');
  } finally {
    await s.stop();
  }
});

test('the panel: URLs, variables by name with hidden values, what is missing', async () => {
  const s = await dev({ 'functions/t.js': tutorial, 'functions/u.js': 'exports.handler = (context, e, cb) => cb(null, context.OTHER_ONE);', '.env': keys.replace(/API_SECRET.*\n/, '') });
  try {
    assert.match(s.out, new RegExp(`http://localhost:${s.port}/t\\b`));
    assert.match(s.out, /ACCOUNT_SID/);
    assert.match(s.out, /API_SECRET/);
    assert.match(s.out, /OTHER_ONE/);
    assert.match(s.out, /missing/i);
    assert.ok(!s.out.includes('00000000000000001'), 'values are hidden');
  } finally {
    await s.stop();
  }
});

test('--host and --gateways: every gateway answers on the same port', async () => {
  const s = await dev({ 'functions/a.js': one('a') }, ['--gateways', '4']);
  try {
    const all = await Promise.all(Array.from({ length: 200 }, () => request(s.port, '/a')));
    assert.ok(all.every((r) => r.text === 'a'));
  } finally {
    await s.stop();
  }
});
