// Files beside the functions: how they are served, and that nothing else is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { openSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync, closeSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { dev, family, project, put, sleep, until } from './harness.mjs';

const TIME = 1700000000;
const LATER = { 'functions/a.js': "exports.handler = (c, e, cb) => cb(null, 'a');\n" };
let s;
let dir;
before(async () => {
  dir = project({
    ...LATER,
    '.env': 'SECRET=do-not-show\n',
    'functions/both.txt.js': "exports.handler = (c, e, cb) => cb(null, 'function');\n",
    'assets/both.txt': 'asset',
    'assets/t.txt': 'abcdef\n',
    'assets/empty.bin': '',
    'assets/noext': 'x',
    'assets/UPPER.HTML': '<p>',
    'assets/my pic.svg': '<svg/>',
    'assets/assets/index.html': '<h1>root</h1>\n',
    'assets/.hidden.txt': 'hidden',
    'assets/.well-known/x.txt': 'known',
    'assets/deep/er/file.json': '{}',
    'outside.txt': 'not an asset',
  });
  utimesSync(path.join(dir, 'assets/t.txt'), TIME, TIME);
  symlinkSync('t.txt', path.join(dir, 'assets/inside.txt'));
  symlinkSync('../.env', path.join(dir, 'assets/env.txt'));
  symlinkSync('../outside.txt', path.join(dir, 'assets/up.txt'));
  symlinkSync('/etc/passwd', path.join(dir, 'assets/passwd.txt'));
  symlinkSync('/dev/zero', path.join(dir, 'assets/zero.bin'));
  symlinkSync('..', path.join(dir, 'assets/parent'));
  execFileSync('mkfifo', [path.join(dir, 'assets/pipe.txt')]);
  s = await dev(dir);
});
after(async () => {
  await s.stop();
  rmSync(dir, { recursive: true, force: true });
});

const get = (target, headers = {}, method = 'GET') => s.request(target, { headers, method });

test('types come from the extension', async () => {
  const want = {
    '/t.txt': 'text/plain; charset=UTF-8',
    '/noext': 'application/octet-stream',
    '/UPPER.HTML': 'text/html; charset=UTF-8',
    '/my-pic.svg': 'image/svg+xml',
    '/deep/er/file.json': 'application/json; charset=UTF-8',
  };
  for (const [target, type] of Object.entries(want)) {
    const r = await get(target);
    assert.equal(r.status, 200, target);
    assert.equal(r.headers['content-type'], type);
  }
});

test('every method but OPTIONS sends it', async () => {
  for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
    const r = await s.request('/t.txt', { method, body: method === 'GET' ? undefined : 'ignored' });
    assert.equal(r.status, 200, method);
    assert.equal(r.text, 'abcdef\n');
  }
  const head = await get('/t.txt', {}, 'HEAD');
  assert.equal(head.headers['content-length'], '7');
  assert.equal(head.text, '');
  assert.equal((await get('/t.txt', {}, 'OPTIONS')).status, 204);
});

test('an empty file is an empty body', async () => {
  const r = await get('/empty.bin');
  assert.equal(r.status, 200);
  assert.equal(r.headers['content-length'], '0');
});

test('/ is the asset at /assets/index.html', async () => assert.equal((await get('/?a=1')).text, '<h1>root</h1>\n'));

test('ranges', async () => {
  const part = async (range, more) => {
    const r = await get('/t.txt', { Range: range, ...more });
    return [r.status, r.headers['content-range'], r.status < 400 ? r.text : ''];
  };
  assert.deepEqual(await part('bytes=1-3'), [206, 'bytes 1-3/7', 'bcd']);
  assert.deepEqual(await part('bytes=4-'), [206, 'bytes 4-6/7', 'ef\n']);
  assert.deepEqual(await part('bytes=-2'), [206, 'bytes 5-6/7', 'f\n']);
  assert.deepEqual(await part('bytes=-999'), [206, 'bytes 0-6/7', 'abcdef\n']);
  assert.deepEqual(await part('bytes=0-999'), [206, 'bytes 0-6/7', 'abcdef\n']);
  assert.deepEqual(await part('bytes=7-'), [416, 'bytes */7', '']);
  assert.deepEqual(await part('bytes=99999999999999999999-'), [416, 'bytes */7', '']);
  assert.deepEqual(await part('bytes=3-1'), [416, 'bytes */7', '']);
  assert.deepEqual(await part('lines=1-2'), [200, undefined, 'abcdef\n']);
  assert.deepEqual(await part('bytes=0-1,3-4'), [200, undefined, 'abcdef\n']);
  const { etag } = (await get('/t.txt')).headers;
  assert.equal((await part('bytes=1-3', { 'If-Range': etag }))[0], 206);
  assert.equal((await part('bytes=1-3', { 'If-Range': '"other"' }))[0], 200);
  assert.equal((await part('bytes=1-3', { 'If-Range': 'Tue, 14 Nov 2023 22:13:20 GMT' }))[0], 206);
});

test('conditions', async () => {
  const status = async (headers) => (await get('/t.txt', headers)).status;
  const { etag } = (await get('/t.txt')).headers;
  assert.equal(etag, 'W/"7-18bcfe56800"');
  assert.equal(await status({ 'If-None-Match': etag }), 304);
  assert.equal(await status({ 'If-None-Match': `"a", ${etag.slice(2)}` }), 304);
  assert.equal(await status({ 'If-None-Match': '*' }), 304);
  assert.equal(await status({ 'If-None-Match': '"a"' }), 200);
  assert.equal(await status({ 'If-None-Match': etag, 'Cache-Control': 'no-cache' }), 200);
  assert.equal(await status({ 'If-None-Match': '"a"', 'If-Modified-Since': 'Tue, 14 Nov 2023 22:13:20 GMT' }), 200);
  assert.equal(await status({ 'If-Modified-Since': 'Tuesday, 14-Nov-23 22:13:20 GMT' }), 304);
  assert.equal(await status({ 'If-Modified-Since': 'Tue, 14 Nov 2023 22:13:19 GMT' }), 200);
  assert.equal(await status({ 'If-Modified-Since': 'yesterday' }), 200);
  assert.equal(await status({ 'If-Match': '"a"' }), 412);
  assert.equal(await status({ 'If-Match': etag }), 200);
  assert.equal(await status({ 'If-Unmodified-Since': 'Tue, 14 Nov 2023 22:13:19 GMT' }), 412);
});

test('what a 304 leaves of a connection is usable', async () => {
  const { etag } = (await get('/t.txt')).headers;
  const sock = net.connect(s.port, '127.0.0.1');
  let got = '';
  sock.on('data', (d) => (got += d.toString('latin1')));
  sock.write(`GET /t.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: ${etag}\r\n\r\nGET /noext HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  await new Promise((done) => sock.on('close', done));
  assert.match(got, /^HTTP\/1\.1 304 [^]*\r\n\r\nHTTP\/1\.1 200 [^]*\r\n\r\nx$/);
});

test('names that start with a dot are not served, what lies in dot folders is', async () => {
  assert.equal((await get('/.hidden.txt')).status, 404);
  assert.equal((await get('/.well-known/x.txt')).text, 'known');
});

test('a path of a function and of an asset serves neither', async () => {
  assert.equal((await get('/both.txt')).status, 404);
  assert.match(s.out + s.err, /RK-108[^\n]*both\.txt/);
});

test('a link that stays inside is served, whatever leads out is not', async () => {
  assert.equal((await get('/inside.txt')).text, 'abcdef\n');
  for (const target of ['/env.txt', '/up.txt', '/passwd.txt', '/zero.bin', '/parent/.env', '/parent/outside.txt', '/pipe.txt']) assert.equal((await get(target)).status, 404, target);
});

test('no spelling of a path leads out of the folder', async () => {
  const tries = [
    '/../.env', '/../outside.txt', '/%2e%2e/.env', '/..%2f.env', '/%2e%2e%2f.env', '/deep/../../.env', '/deep/%2e%2e/%2e%2e/.env', '/..%5c.env', '/..\\.env',
    '/%c0%ae%c0%ae/.env', '/.env', '/%2eenv', '/assets/../.env', '/assets/t.txt', '//t.txt', '/t.txt/', '/t.txt%00', '/t.txt%00.html', '/./t.txt', '/deep',
    '/deep/', '/functions/a.js', '/a.js', '/package.json', '/etc/passwd', '/proc/self/environ', '/T.TXT', '/%74.txt', 'file:///etc/passwd', 'http://a/../.env',
  ];
  for (const target of tries) {
    const answer = await new Promise((done) => {
      const sock = net.connect(s.port, '127.0.0.1');
      let got = '';
      sock.on('data', (d) => (got += d)).on('close', () => done(got)).on('error', () => done(got));
      sock.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    });
    assert.match(answer, /^HTTP\/1\.1 40[04] /, `${target}: ${answer.slice(0, 80)}`);
    assert.ok(!/do-not-show|root:|exports|not an asset/.test(answer), target);
  }
});

test('edits show at once, replaced files and new ones within 100 ms', async () => {
  const file = path.join(dir, 'assets/live.txt');
  writeFileSync(file, 'one');
  await until('the new file', async () => (await get('/live.txt')).text === 'one', 1000);
  writeFileSync(file, 'longer');
  assert.equal((await get('/live.txt')).text, 'longer');
  writeFileSync(`${file}.new`, 'replaced');
  renameSync(`${file}.new`, file);
  await sleep(100);
  assert.equal((await get('/live.txt')).text, 'replaced');
  rmSync(file);
  await until('it to be gone', async () => (await get('/live.txt')).status === 404, 1000);
});

test('a file that becomes a link out of the folder is not served', async () => {
  put(dir, 'assets/swap.txt', 'mine');
  await until('it is served', async () => (await get('/swap.txt')).status === 200, 1000);
  symlinkSync('../.env', path.join(dir, 'assets/swap.new'));
  renameSync(path.join(dir, 'assets/swap.new'), path.join(dir, 'assets/swap.txt'));
  await sleep(100);
  for (let i = 0; i < 20; i++) {
    const r = await get('/swap.txt');
    assert.ok(r.status === 404 && !r.text.includes('do-not-show'), `${r.status} ${r.text}`);
  }
});

test('a file that is cut while it is sent ends the connection, and nothing else', async () => {
  const file = path.join(dir, 'assets/cut.bin');
  writeFileSync(file, Buffer.alloc(32 << 20));
  await until('it is served', async () => (await get('/cut.bin', { Range: 'bytes=0-0' })).status === 206, 1000);
  const sock = net.connect(s.port, '127.0.0.1');
  let n = 0;
  await new Promise((done) => {
    sock.once('data', (d) => {
      n += d.length;
      sock.pause();
      truncateSync(file, 0);
      setTimeout(() => sock.on('data', (more) => (n += more.length)).resume(), 50);
    });
    sock.on('close', done).on('error', done);
    sock.write('GET /cut.bin HTTP/1.1\r\nHost: a\r\n\r\n');
  });
  assert.ok(n < 32 << 20);
  assert.equal((await get('/t.txt')).status, 200);
  rmSync(file);
});

test('100 MB to eight slow clients leave the gateway small', async () => {
  const file = path.join(dir, 'assets/big.bin');
  const fd = openSync(file, 'w');
  for (let i = 0; i < 100; i++) writeFileSync(fd, Buffer.alloc(1 << 20, i));
  closeSync(fd);
  await until('it is served', async () => (await get('/big.bin', { Range: 'bytes=0-0' })).status === 206, 1000);
  const gateway = family(s.child.pid).find((p) => p.role === 'gateway').pid;
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway}/status`, 'utf8'))[1]) / 1024;
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, rss())), 10);
  const sizes = await Promise.all(Array.from({ length: 8 }, () => new Promise((done) => {
    const sock = net.connect(s.port, '127.0.0.1');
    let n = 0;
    sock.on('data', (d) => {
      n += d.length;
      sock.pause();
      setTimeout(() => sock.resume(), 1);
    });
    sock.on('close', () => done(n)).on('error', () => done(-1));
    sock.write('GET /big.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  })));
  clearInterval(watch);
  for (const n of sizes) assert.ok(n > 100 << 20, `${n} bytes`);
  if (!process.env.ROOMKEY_ASAN) assert.ok(most < 40, `${most} MB`);
  rmSync(file);
});

test('assets alone are a project, and --assets-folder names another folder', async () => {
  const t = await dev({ 'public/x.txt': 'x', 'assets/t.txt': 't', 'functions/a.js': LATER['functions/a.js'] }, ['--assets-folder', 'public']);
  const u = await dev({ 'assets/t.txt': 't' });
  try {
    assert.equal((await t.request('/x.txt')).text, 'x');
    assert.equal((await t.request('/t.txt')).status, 404);
    assert.equal((await u.request('/t.txt')).text, 't');
  } finally {
    await t.stop();
    await u.stop();
  }
});

test('an assets folder that holds functions or variables is refused', async () => {
  for (const folder of ['.', 'functions', './functions/']) {
    const t = await dev({ '.env': 'A=do-not-show\n', 'functions/a.js': LATER['functions/a.js'], 'functions/x.txt': 'x' }, ['--assets-folder', folder]);
    try {
      for (const target of ['/.env', '/functions/a.js', '/a.js', '/x.txt']) assert.equal((await t.request(target)).status, 404, `${folder} ${target}`);
      assert.match(t.out + t.err, /RK-131/);
    } finally {
      await t.stop();
    }
  }
});
