// stage.mjs - one hostile function in a project of its own, with everything around it that it might reach for.
//
// Holds the server of the case, what its processes held at the start, and what they hold meanwhile.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { alive, dev, keys, put, sleep, slow, until } from '../integration/harness.mjs';

export const LIMIT_MS = 1000;
export const MEMORY_MB = 256;
// What the case's own service holds, and no error or log may show.
export const OWN = ['abcdefghijklmnopqrstuvwxyz012345', 'hunter2-of-the-database', 'the-auth-token-of-tenant-a-0001'];
const flags = (limitMs) => ['--timeout', String(limitMs), '--memory', String(MEMORY_MB)];

const PROBE = `exports.handler = (context, event, callback) => callback(null, 'probe');\n`;
// What the first process was started with is nobody's business further in.
process.env.ROOMKEY_TEST_ADMIN = 'ADMIN-SECRET-MARKER of the environment';
process.env.ROOMKEY_TEST_MASTER = 'MASTER-KEY-MARKER of the environment';

/** { 'functions/x.js': text } of one service, in a folder whose neighbours are other people's. */
function layOut(files) {
  const base = mkdtempSync(path.join(tmpdir(), 'roomkey-hostile-'));
  const all = {
    'project/.env': `${keys}AUTH_TOKEN=${OWN[2]}\nDB_PASSWORD=${OWN[1]}\n`,
    'project/package.json': '{"name":"tenant-a"}',
    'project/assets/a.txt': 'an asset',
    'host-file.txt': 'HOST-FILE-MARKER',
    'store.db': 'MASTER-KEY-MARKER ADMIN-SECRET-MARKER',
    'other-service/.env': 'SECRET=TENANT-B-MARKER\n',
    'other-service/secret.txt': 'TENANT-B-MARKER',
    'other-service/functions/x.js': `exports.handler = 'TENANT-B-MARKER';\n`,
  };
  for (const [name, text] of Object.entries(all)) put(base, name, text);
  for (const [name, text] of Object.entries(files)) put(base, `project/${name}`, text);
  mkdirSync(path.join(base, 'project/functions'), { recursive: true });
  symlinkSync('../../host-file.txt', path.join(base, 'project/assets/outside.txt'));
  symlinkSync('../../other-service/functions/x.js', path.join(base, 'project/functions/outside.js'));
  return base;
}

/** The service that stands beside all cases. */
export function neighbour(files) {
  return dev({ '.env': 'SECRET=TENANT-B-MARKER\n', 'functions/probe.js': PROBE, ...files }, flags(LIMIT_MS));
}

/** One request; never fails: { status: 0, error } is an answer too. */
export function ask(port, target, { method, headers = {}, body, agent = false, timeout = 8000 } = {}) {
  const t0 = performance.now();
  return new Promise((done) => {
    const finish = (more) => done({ status: 0, text: '', bytes: Buffer.alloc(0), raw: [], headers: {}, ms: performance.now() - t0, ...more });
    const req = http.request({ host: '127.0.0.1', port, path: target, method: method || (body === undefined ? 'GET' : 'POST'), headers, agent }, (res) => {
      const parts = [];
      res.on('data', (d) => parts.push(d));
      res.on('error', (e) => finish({ error: e.message }));
      res.on('end', () => {
        const bytes = Buffer.concat(parts);
        finish({ status: res.statusCode, bytes, text: bytes.toString('utf8'), raw: res.rawHeaders, headers: res.headers });
      });
    });
    req.on('information', (i) => finish({ error: `an interim answer ${i.statusCode}` }));
    req.setTimeout(timeout * slow, () => req.destroy(new Error('no answer')));
    req.on('error', (e) => finish({ error: e.message }));
    req.end(body);
  });
}

// '' when the process has ended.
const read = (file) => {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
};
const residentMb = (pid) => Number(read(`/proc/${pid}/statm`).split(' ')[1] || 0) / 256;
const fdsOf = (pid) => {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
};

class Stage {
  constructor(server, base, other) {
    Object.assign(this, { server, base, other, probes: [], peakMb: 0, watching: true });
  }

  get output() {
    return this.server.out + this.server.err;
  }

  /** The children of the first process, which are all there are. */
  kin() {
    const { pid } = this.server.child;
    return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map((kid) => ({ pid: Number(kid), role: read(`/proc/${kid}/comm`).trim() }));
  }

  pids(role) {
    return this.kin().filter((k) => k.role === role).map((k) => k.pid);
  }

  async begin() {
    let full = 0;
    await until('two workers and two spares', () => {
      full = this.pids('worker').length === 2 && this.pids('spare').length === 2 ? full + 1 : 0;
      return full > 10;
    });
    for (let i = 0; i < 10; i++) await this.probe(this.server.port);
    const [gateway] = this.pids('gateway');
    this.start = { gateway, workers: this.pids('worker'), mb: residentMb(gateway), fds: fdsOf(gateway), out: this.output.length };
    this.probes = [];
    this.loops = [this.watchMemory(), this.keepProbing(this.server.port), this.keepProbing(this.other.port)];
  }

  async probe(port) {
    const r = await ask(port, '/probe');
    this.probes.push({ ms: r.ms, ok: r.status === 200 && r.text === 'probe', status: r.status, error: r.error, other: port === this.other.port });
  }

  async keepProbing(port) {
    while (this.watching) {
      await this.probe(port);
      await sleep(30);
    }
  }

  async watchMemory() {
    for (let n = 0, pids = this.start.workers; this.watching; n++, await sleep(20)) {
      if (n % 5 === 4) pids = this.pids('worker');
      for (const pid of pids) this.peakMb = Math.max(this.peakMb, residentMb(pid));
    }
  }

  /** After the last request: everything is as it was, within `ms`. Returns what is not. */
  async end(ms) {
    this.watching = false;
    await Promise.all(this.loops);
    const finish = Date.now() + ms * slow;
    for (;;) {
      const left = this.leftovers();
      if (!left.length || Date.now() > finish) return left;
      await sleep(40);
    }
  }

  leftovers() {
    const out = [], kin = this.kin(), gateways = this.pids('gateway'), workers = this.pids('worker');
    if (gateways.join() !== String(this.start.gateway)) out.push(`the gateway was ${this.start.gateway} and is ${gateways}`);
    if (workers.length !== this.start.workers.length) out.push(`${workers.length} workers, not ${this.start.workers.length}`);
    const dead = kin.filter((k) => !alive(k.pid));
    if (dead.length) out.push(`${dead.length} zombies`);
    const grown = residentMb(this.start.gateway) - this.start.mb, fds = fdsOf(this.start.gateway);
    if (grown > 1 && !process.env.ROOMKEY_ASAN) out.push(`the gateway grew by ${grown.toFixed(1)} MB`);
    if (fds > this.start.fds) out.push(`the gateway has ${fds} descriptors, had ${this.start.fds}`);
    return out;
  }

  lostWorkers() {
    return this.start.workers.filter((pid) => !alive(pid)).length;
  }

  async stop() {
    this.watching = false;
    await Promise.all(this.loops || []);
    await this.server.stop();
    rmSync(this.base, { recursive: true, force: true });
  }
}

/** files: those of the service under test; other: the neighbour; limitMs: of an invocation. */
export async function openStage(files, other, limitMs) {
  const base = layOut({ 'functions/probe.js': PROBE, ...files });
  let stage;
  try {
    stage = new Stage(await dev(path.join(base, 'project'), flags(limitMs)), base, other);
    await stage.begin();
    return stage;
  } catch (error) {
    await stage?.stop();
    rmSync(base, { recursive: true, force: true });
    throw error;
  }
}
