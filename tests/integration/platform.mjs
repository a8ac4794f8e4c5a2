// Starts `roomkey serve` on a data directory made for the test, and speaks to both of its listeners.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { family, roomkey, slow, sleep, until } from './harness.mjs';

export const temp = (name = 'data') => mkdtempSync(path.join(tmpdir(), `roomkey-${name}-`));

const running = new Set();
process.on('exit', () => running.forEach((p) => p.kill('SIGKILL')));

/** One HTTP request to 127.0.0.1; `host` is the Host header. */
export function send(port, target, { method = 'GET', headers = {}, body, host, timeout = 30000, agent = false } = {}) {
  return new Promise((done, fail) => {
    const req = http.request(
      { host: '127.0.0.1', port, path: target, method, agent, headers: host ? { Host: host, ...headers } : headers },
      (res) => {
        const parts = [];
        res.on('data', (d) => parts.push(d));
        res.on('error', fail);
        res.on('end', () => {
          const bytes = Buffer.concat(parts);
          const text = bytes.toString('utf8');
          done({ status: res.statusCode, headers: res.headers, bytes, text, json: () => JSON.parse(text) });
        });
      }
    );
    req.setTimeout(timeout * slow, () => req.destroy(new Error(`no answer to ${target} in ${timeout * slow} ms`)));
    req.on('error', fail);
    req.end(body);
  });
}

/** `roomkey serve`. Resolves once its panel is out; { dir } goes on with an earlier data directory. */
export async function serve(flags = [], { dir, env = {}, keep = false, inject = [], lies = false } = {}) {
  const own = !dir;
  const s = { dir: dir || temp(), out: '', err: '', code: undefined };
  const began = performance.now();
  // strace, where a test wants system calls to fail: inject is ["pwrite64:error=EIO:when=3"], lies makes syncing a no-op.
  const faults = lies ? ['fdatasync,fsync:retval=0'] : inject;
  const names = faults.map((f) => f.split(':')[0]).join(',');
  const command = faults.length
    ? ['strace', '-f', '-qq', '--seccomp-bpf', '-o', '/dev/null', '-e', `trace=${names}`, ...faults.flatMap((f) => ['-e', `inject=${f}`]), '--', roomkey]
    : [roomkey];
  const child = spawn(command[0], [...command.slice(1), 'serve', s.dir, '--port', '0', '--admin-port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  running.add(child);
  s.child = child;
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
    // strace passes no signal on: what it traces is told.
    const pid = faults.length ? family(child.pid)[0]?.pid : child.pid;
    if (s.code === undefined && pid) process.kill(pid, signal);
    const code = await s.ended;
    if (own && !keep) rmSync(s.dir, { recursive: true, force: true });
    return code;
  };
  await until('the panel with both URLs', () => {
    if (s.code !== undefined) throw new Error(`roomkey serve ended with ${s.code}\n${s.out}\n${s.err}`);
    const functions = /functions\s+http:\/\/[\w.[\]:]*?:(\d+)/i.exec(s.out);
    const admin = /console, API\s+http:\/\/[\w.[\]:]*?:(\d+)/i.exec(s.out);
    s.port = functions && Number(functions[1]);
    s.adminPort = admin && Number(admin[1]);
    return s.port && s.adminPort;
  }, 15000);
  s.startedMs = performance.now() - began;
  s.setupCode = () => /code\s+([A-Z0-9]{4}-[A-Z0-9]{4})/i.exec(s.out)?.[1];
  s.ca = path.join(s.dir, 'tls/ca.pem');
  s.basic = () => 'Basic ' + Buffer.from(`${s.account}:${s.token}`).toString('base64');

  /** JSON to our own API. */
  s.own = async (method, name, value, headers = {}) =>
    send(s.adminPort, `/roomkey/v1/${name}`, {
      method,
      headers: { ...(s.account ? { Authorization: s.basic() } : {}), ...(value !== undefined ? { 'Content-Type': 'application/json' } : {}), ...headers },
      body: value === undefined ? undefined : JSON.stringify(value),
    });
  /** A form to the vendor-shaped API. */
  s.api = async (method, target, form) =>
    send(s.adminPort, target, {
      method,
      headers: { Authorization: s.basic(), ...(form ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}) },
      body: form && new URLSearchParams(form).toString(),
    });
  /** The first account of a new server. */
  s.setUp = async (more = {}) => {
    const r = await s.own('POST', 'Setup', { code: s.setupCode(), account_name: 'Test', ...more });
    if (r.status !== 201) throw new Error(`set-up answered ${r.status}: ${r.text}`);
    const made = r.json();
    s.account = made.account_sid;
    s.token = made.auth_token;
    return made;
  };
  /** A service with an environment; functions as { path: source }, variables as { name: value }. */
  s.deploy = async (name, functions, { variables = {}, suffix, credentials = false, visibility = {} } = {}) => {
    const made = (r, what) => {
      if (r.status !== 201) throw new Error(`${what} answered ${r.status}: ${r.text}`);
      return r.json();
    };
    const service = made(
      await s.api('POST', '/v1/Services', { UniqueName: name, FriendlyName: name, IncludeCredentials: String(credentials) }),
      'POST Services'
    );
    const environment = made(
      await s.api('POST', `/v1/Services/${service.sid}/Environments`, {
        UniqueName: suffix || 'production', ...(suffix ? { DomainSuffix: suffix } : {}),
      }),
      'POST Environments'
    );
    const at = `Services/${service.sid}/Environments/${environment.sid}`;
    for (const [key, value] of Object.entries(variables))
      made(await s.api('POST', `/v1/${at}/Variables`, { Key: key, Value: value }), 'POST Variables');
    const d = {
      service, environment, host: environment.domain_name, base: null,
      change: async (put, more = {}) => {
        const r = await s.own('POST', `${at}/Changes`, {
          base_build: d.base,
          put: Object.entries(put).map(([p, content]) => ({ kind: 'function', path: p, visibility: visibility[p] || 'public', content })),
          ...more,
        });
        if (r.status === 201) d.base = r.json().build_sid;
        return r;
      },
      call: (target, options = {}) => send(s.port, target, { host: environment.domain_name, ...options }),
    };
    const first = await d.change(functions);
    if (first.status !== 201) throw new Error(`Changes answered ${first.status}: ${first.text}`);
    return d;
  };
  return s;
}

export { sleep, until, slow };
export const caOf = (s) => readFileSync(s.ca);
