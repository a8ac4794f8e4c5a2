// The development loop: what is saved is served, what breaks is not, and no request is lost meanwhile.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { dev, family, project, put, roomkey, until } from './harness.mjs';

const one = (text) => `exports.handler = (context, event, callback) => callback(null, ${JSON.stringify(text)});\n`;
const broken = 'exports.handler = (context, event, callback) => {\n  const = 1;\n};\n';
const workers = (s) => family(s.child.pid).filter((k) => k.role === 'worker');

/** Asks without a pause until stopped; every answer must be 200. */
function load(s, target) {
  const l = { n: 0, bad: [], texts: new Set(), stop: false };
  l.done = (async () => {
    while (!l.stop && s.code === undefined) {
      const r = await s.request(target).catch((e) => ({ status: 0, text: String(e) }));
      l.n++;
      l.texts.add(r.text);
      if (r.status !== 200) l.bad.push(`${r.status} ${r.text}`);
    }
  })();
  l.end = async () => {
    l.stop = true;
    await l.done;
    assert.equal(l.bad.length, 0, `${l.bad.length} of ${l.n} requests failed: ${l.bad[0]}`);
  };
  return l;
}

test('a function that stops compiling keeps its last good version, says so, and comes back', async () => {
  const s = await dev({ 'functions/a.js': one('v1'), 'functions/b.js': one('b1') });
  try {
    const under = load(s, '/a');
    put(s.dir, 'functions/a.js', broken);
    const stale = await until('the header', async () => (await s.request('/a')).headers['x-roomkey-stale']);
    assert.match(stale, /^SyntaxError functions\/a\.js:2:\d+ \S/);
    assert.ok(stale.length <= 200 && /^[ -~]*$/.test(stale));
    const r = await s.request('/a');
    assert.equal(r.status, 200);
    assert.equal(r.text, 'v1');
    assert.equal((await s.request('/b')).headers['x-roomkey-stale'], undefined);
    await until('the words', () => /functions\/a\.js:2:\d+ {2}SyntaxError: .*\n +const = 1;\n +\^\n +The version before goes on being served\./.test(s.out));

    // An edit of another function goes live, and the broken one stays as it was.
    put(s.dir, 'functions/b.js', one('b2'));
    await until('b2', async () => (await s.request('/b')).text === 'b2');
    assert.equal((await s.request('/a')).text, 'v1');
    assert.match((await s.request('/a')).headers['x-roomkey-stale'], /a\.js:2:/);
    assert.equal(s.out.match(/The version before/g).length, 1, 'said once');

    // Broken in another way: the words are new, the version is not.
    put(s.dir, 'functions/a.js', '\n' + broken);
    await until('line 3', async () => /a\.js:3:/.test((await s.request('/a')).headers['x-roomkey-stale']));
    assert.equal((await s.request('/a')).text, 'v1');

    put(s.dir, 'functions/a.js', one('v2'));
    await until('v2', async () => (await s.request('/a')).text === 'v2');
    assert.equal((await s.request('/a')).headers['x-roomkey-stale'], undefined);
    await under.end();
    assert.deepEqual([...under.texts].sort(), ['v1', 'v2']);
  } finally {
    await s.stop();
  }
});

test('its other answers carry the header too; a function that never compiled answers with its error', async () => {
  const slow = 'exports.handler = (c, e, cb) => { if (e.wait) return; cb(new Error("no")); };';
  const s = await dev({ 'functions/a.js': slow, 'functions/never.js': broken }, ['--timeout', '200']);
  try {
    put(s.dir, 'functions/a.js', broken);
    await until('the header', async () => (await s.request('/a')).headers['x-roomkey-stale']);
    assert.equal((await s.request('/a')).status, 500);
    const late = await s.request('/a?wait=1');
    assert.equal(late.status, 504);
    assert.match(late.headers['x-roomkey-stale'], /SyntaxError/);
    const never = await s.request('/never');
    assert.equal(never.status, 500);
    assert.match(never.text, /SyntaxError/);
    assert.equal(never.headers['x-roomkey-stale'], undefined);
    // A new file that does not compile has no version before it either.
    put(s.dir, 'functions/new.js', broken);
    await until('new', async () => (await s.request('/new')).status === 500);
    // Removed and made again: what was before is over.
    rmSync(path.join(s.dir, 'functions/a.js'));
    await until('removed', async () => (await s.request('/a')).status === 404);
    put(s.dir, 'functions/a.js', broken);
    await until('back', async () => (await s.request('/a')).status === 500);
    assert.equal((await s.request('/a')).headers['x-roomkey-stale'], undefined);
  } finally {
    await s.stop();
  }
});

test('under load nothing fails: edits, a new function, a rename, .env, an edit that breaks and one that mends', async () => {
  const s = await dev({ 'functions/a.js': one('v0'), 'functions/e.js': 'exports.handler = (c, e, cb) => cb(null, `v=${process.env.V}`);', '.env': 'V=0\n' });
  try {
    const loads = [load(s, '/a'), load(s, '/e'), load(s, '/a')];
    for (let i = 1; i <= 8; i++) {
      if (i % 3 === 0) put(s.dir, 'functions/a.js', broken);
      put(s.dir, 'functions/a.js', one('v' + i));
      await until(`v${i}`, async () => (await s.request('/a')).text === 'v' + i);
      if (i % 2 === 0) {
        put(s.dir, 'functions/a.js', broken);
        await until('stale', async () => (await s.request('/a')).headers['x-roomkey-stale']);
      }
    }
    put(s.dir, '.env', 'V=1\n');
    await until('.env', async () => (await s.request('/e')).text === 'v=1');
    put(s.dir, 'functions/deep/er/new.js', one('new'));
    await until('added', async () => (await s.request('/deep/er/new')).text === 'new');
    renameSync(path.join(s.dir, 'functions/deep/er/new.js'), path.join(s.dir, 'functions/deep/old.js'));
    await until('renamed', async () => (await s.request('/deep/old')).text === 'new' && (await s.request('/deep/er/new')).status === 404);
    for (const l of loads) await l.end();
    await until('the words', () => /added \/deep\/er\/new {2}\(\d+ ms\)/.test(s.out) && /removed \/deep\/er\/new {2}\(\d+ ms\)/.test(s.out) && /variables changed: V {2}\(\d+ ms\)/.test(s.out));
    await until('two workers, no more', () => workers(s).length === 2);
  } finally {
    await s.stop();
  }
});

test('spare workers wait for the next edit, take the first bundle that comes, and are replaced', async () => {
  const s = await dev({ 'functions/a.js': one('v0') });
  const spares = () => family(s.child.pid).filter((k) => k.role === 'spare').map((k) => k.pid);
  try {
    await until('two spares', () => spares().length === 2);
    const before = spares();
    assert.equal(workers(s).length, 2);
    put(s.dir, 'functions/a.js', one('v1'));
    await until('v1', async () => (await s.request('/a')).text === 'v1');
    await until('both run it', () => before.every((pid) => workers(s).some((k) => k.pid === pid)));
    await until('new spares', () => spares().length === 2 && !spares().some((pid) => before.includes(pid)));
    // One that dies is replaced without a word to anybody who asks.
    process.kill(spares()[0], 'SIGKILL');
    await until('another', () => spares().length === 2);
    put(s.dir, 'functions/a.js', one('v2'));
    await until('v2', async () => (await s.request('/a')).text === 'v2');
  } finally {
    await s.stop();
  }
});

// ---- what a project brings along ------------------------------------------------------------------

test('.twilioserverlessrc: what makes sense is used, the rest is named once, a flag wins', async () => {
  const rc = `{
    // as the vendor's scaffolder writes it
    "runtime": "node24", /* not here */
    functionsFolder: './api',
    env: 'base.env', // commands.start wins over it
    username: 'AC0', password: 'do-not-show',
    "commands": { "start": { env: 'start.env', inspect: "9229" }, deploy: { serviceName: 'x' } },
    environments: { dev: { env: 'dev.env', }, prod: { env: 'prod.env' } },
    "projects": {},
  }`;
  const show = 'exports.handler = (c, e, cb) => cb(null, String(process.env.FROM));';
  const s = await dev({ '.twilioserverlessrc': rc, 'package.json': '{"name":"my-project"}', 'api/a.js': show, 'functions/b.js': show, 'base.env': 'FROM=base\n', 'start.env': 'FROM=start\n', 'dev.env': 'FROM=dev\n', 'flag.env': 'FROM=flag\n' });
  try {
    assert.equal((await s.request('/a')).text, 'dev');
    assert.equal((await s.request('/b')).status, 404, 'functionsFolder');
    assert.match(s.out, /development of my-project/);
    const words = s.err.match(/.*RK-820.*/g);
    assert.equal(words.length, 1);
    for (const name of ['runtime', 'username', 'password', 'commands.start.inspect', 'commands.deploy', 'environments.prod']) assert.ok(words[0].includes(name), name);
    assert.doesNotMatch(words[0], /functionsFolder|projects|do-not-show/);
    put(s.dir, 'dev.env', 'FROM=edited\n');
    await until('the edit of dev.env', async () => (await s.request('/a')).text === 'edited');
  } finally {
    await s.stop();
  }
  const t = await dev({ '.twilioserverlessrc': rc, 'api/a.js': show, 'flag.env': 'FROM=flag\n' }, ['--env', 'flag.env']);
  assert.equal((await t.request('/a')).text, 'flag');
  await t.stop();
});

test('.twilioserverlessrc: mistakes are named with file, line and column; nothing starts', () => {
  const says = (files) => {
    const dir = project({ 'functions/a.js': one('a'), ...files });
    const r = spawnSync(roomkey, ['dev', dir, '--port', '0'], { encoding: 'utf8', timeout: 20000 });
    rmSync(dir, { recursive: true });
    assert.equal(r.status, 1, r.stderr);
    assert.equal(r.stdout, '');
    return r.stderr;
  };
  assert.match(says({ '.twilioserverlessrc': '{\n  port: 4000\n  env: "x"\n}' }), /RK-820: \.twilioserverlessrc:3:3: a comma or } is missing/);
  assert.match(says({ '.twilioserverlessrc': '{\n  // a comment\n  port: 99999,\n}' }), /RK-820: \.twilioserverlessrc:3:3: port: .*65535/);
  assert.match(says({ '.twilioserverlessrc.json': '{ "port": [1] }' }), /RK-820: \.twilioserverlessrc\.json:1:4: port/);
  assert.match(says({ '.twilioserverlessrc': '[]' }), /RK-820: \.twilioserverlessrc:1:1/);
  assert.match(says({ 'package.json': '{ "twilioserverless": { "port": "x" } }' }), /RK-820: package\.json:1:\d+: port/);
});

test('only the project itself is asked: a file above it counts for nothing, and a broken package.json does no harm', async () => {
  const dir = project({ '.twilioserverlessrc': '{ functionsFolder: "other" }', 'inner/functions/a.js': one('a'), 'inner/package.json': '{ broken' });
  const s = await dev(path.join(dir, 'inner'));
  try {
    assert.equal((await s.request('/a')).text, 'a');
    assert.doesNotMatch(s.err, /RK-820/);
  } finally {
    await s.stop();
    rmSync(dir, { recursive: true });
  }
});

test('NO_COLOR and TERM reach those who write to the terminal, and nothing else does', async () => {
  process.env.NO_COLOR = '1';
  process.env.ROOMKEY_TEST_LEAK = 'x';
  const s = await dev({ 'functions/a.js': one('a') });
  try {
    for (const role of ['keeper', 'gateway', 'worker']) {
      const { pid } = family(s.child.pid).find((k) => k.role === role);
      const env = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      assert.equal(env.includes('NO_COLOR=1'), role !== 'worker', role);
      assert.ok(!env.some((v) => /LEAK|^PATH/.test(v)), role);
    }
  } finally {
    delete process.env.NO_COLOR;
    delete process.env.ROOMKEY_TEST_LEAK;
    await s.stop();
  }
});
