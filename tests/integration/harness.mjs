// Starts the real program on a project made for the test, and speaks raw HTTP to it.
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync, readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const build = process.env.ROOMKEY_BUILD || path.join(root, 'build');
export const roomkey = path.join(build, 'src/cli/roomkey');
export const vectors = process.env.RK_VECTORS || path.resolve(root, '../shared/vectors');
// Sanitizers make everything slower; waits are stretched, never skipped.
export const slow = process.env.ROOMKEY_ASAN ? 4 : 1;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Polls until check() is truthy; fails with `what` after ms. */
export async function until(what, check, ms = 5000) {
  const end = Date.now() + ms * slow;
  for (;;) {
    const got = await check();
    if (got) return got;
    if (Date.now() > end) throw new Error(`waited ${ms * slow} ms in vain for: ${what}`);
    await sleep(10);
  }
}

/** A project folder: { 'functions/a.js': text, '.env': text }. */
export function project(files) {
  const dir = mkdtempSync(path.join(tmpdir(), 'roomkey-test-'));
  for (const [name, text] of Object.entries(files)) put(dir, name, text);
  return dir;
}

export function put(dir, name, text) {
  const file = path.join(dir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const running = new Set();
process.on('exit', () => running.forEach((p) => p.kill('SIGKILL')));

/** `roomkey dev` on a folder or a set of files. Resolves once it answers. */
export async function dev(files, flags = [], { expectExit = false } = {}) {
  const dir = typeof files === 'string' ? files : project(files);
  const child = spawn(roomkey, ['dev', dir, '--port', '0', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const s = { dir, child, out: '', err: '', port: 0, code: undefined };
  child.stdout.on('data', (d) => (s.out += d));
  child.stderr.on('data', (d) => (s.err += d));
  s.ended = new Promise((done) =>
    child.on('exit', (code, signal) => {
      running.delete(child);
      s.code = signal || code;
      done(s.code);
    })
  );
  s.stop = async (signal = 'SIGTERM') => {
    if (s.code === undefined) child.kill(signal);
    const code = await s.ended;
    if (typeof files !== 'string') rmSync(dir, { recursive: true, force: true });
    return code;
  };
  if (expectExit) {
    await Promise.race([s.ended, sleep(10000 * slow)]);
    return s;
  }
  await until('the panel with its URL', () => {
    if (s.code !== undefined) throw new Error(`roomkey dev ended with ${s.code}\n${s.out}\n${s.err}`);
    const m = /http:\/\/[\w.[\]:]*?:(\d+)/.exec(s.out);
    if (m) s.port = Number(m[1]);
    return s.port;
  });
  s.request = (target, options) => request(s.port, target, options);
  return s;
}

/** One request on a connection of its own. The target goes out as it is written. */
export function request(port, target, { method, headers = {}, body, timeout = 20000, agent = false } = {}) {
  return new Promise((done, fail) => {
    const req = http.request(
      { host: '127.0.0.1', port, path: target, method: method || (body === undefined ? 'GET' : 'POST'), headers, agent },
      (res) => {
        const parts = [];
        res.on('data', (d) => parts.push(d));
        res.on('error', fail);
        res.on('end', () => {
          const bytes = Buffer.concat(parts);
          const text = bytes.toString('utf8');
          done({
            status: res.statusCode, reason: res.statusMessage, headers: res.headers, raw: res.rawHeaders, bytes, text,
            json: () => JSON.parse(text),
          });
        });
      }
    );
    req.setTimeout(timeout * slow, () => req.destroy(new Error(`no answer to ${target} in ${timeout * slow} ms`)));
    req.on('error', fail);
    req.end(body);
  });
}

export const postJson = (s, target, value, more = {}) =>
  s.request(target, { method: 'POST', body: JSON.stringify(value), ...more, headers: { 'Content-Type': 'application/json', ...more.headers } });

/** Every descendant of a process, as { pid, role }. */
export function family(pid) {
  const kids = {};
  for (const d of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      const stat = readFileSync(`/proc/${d}/stat`, 'latin1');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      (kids[parent] ||= []).push({ pid: Number(d), role: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')) });
    } catch {
      // it ended while we looked
    }
  }
  const all = [];
  const walk = (p) => (kids[p] || []).forEach((k) => (all.push(k), walk(k.pid)));
  walk(pid);
  return all;
}

export const alive = (pid) => {
  try {
    return !/^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};

export const exampleDir = path.join(root, 'examples/create-room-token');
export const tutorial = readFileSync(path.join(exampleDir, 'functions/create-room-token.js'), 'utf8');
export const keys = 'ACCOUNT_SID=AC00000000000000000000000000000001\nAPI_KEY=SK00000000000000000000000000000002\nAPI_SECRET=abcdefghijklmnopqrstuvwxyz012345\n';
export const secret = 'abcdefghijklmnopqrstuvwxyz012345';
