#!/usr/bin/env node
// Runs recorded cases of the original runtime against `roomkey dev` and compares the answers.
//
//   node tests/conformance/run.mjs [--file cases.json] [--only R001,R002] [--jobs 4] [-v]
//
// Each case has a project of its own. `observed` (variant A) is what is expected, unless deviations.json
// names the case: then either variant "B" is expected, or the answer written down there. A deviation that
// does not come true is a difference too, so the list cannot rot.
import { mkdirSync, readFileSync, utimesSync, readdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { dev, project, slow, vectors } from '../integration/harness.mjs';

const args = process.argv.slice(2);
const opt = (name, fallback) => (args.includes(name) ? args[args.indexOf(name) + 1] : fallback);
const file = opt('--file', path.join(vectors, 'runtime-conformance.json'));
const only = opt('--only', '').split(',').filter(Boolean);
const jobs = Number(opt('--jobs', '4'));
const verbose = args.includes('-v');
const set = JSON.parse(readFileSync(file, 'utf8'));
const { reasons, cases: listed, headers: ownHeaders, on_errors: errorHeaders } = JSON.parse(readFileSync(new URL('deviations.json', import.meta.url), 'utf8'));
const EPOCH = 1700000000;

/** Every file of the case, with the modification time that the recording had; some have none, but a project has functions/. */
function layOut(c) {
  const dir = project({ '.env': set.env_file, 'package.json': '{"name":"cases"}', ...c.files });
  mkdirSync(path.join(dir, 'functions'), { recursive: true });
  const touch = (d) => readdirSync(d, { withFileTypes: true }).forEach((e) => {
    const p = path.join(d, e.name);
    if (e.isDirectory()) touch(p);
    else utimesSync(p, EPOCH, EPOCH);
  });
  touch(dir);
  return dir;
}

/** The request as bytes, with just the headers that the case names. */
function encode(r, port, extra = []) {
  let body = Buffer.from(r.body ?? '', 'utf8');
  if (r.bodyBase64) body = Buffer.from(r.bodyBase64, 'base64');
  if (r.bodyRepeat) body = Buffer.from(r.bodyRepeat.prefix + r.bodyRepeat.ch.repeat(r.bodyRepeat.n) + r.bodyRepeat.suffix);
  const method = r.method || (body.length ? 'POST' : 'GET');
  const lines = [`${method} ${r.path} HTTP/1.1`];
  const given = Object.keys(r.headers || {}).map((k) => k.toLowerCase());
  if (!given.includes('host')) lines.push(`Host: localhost:${port}`);
  for (const [k, v] of Object.entries(r.headers || {})) for (const one of [].concat(v)) lines.push(`${k}: ${one}`);
  if (body.length && !given.includes('content-length')) lines.push(`Content-Length: ${body.length}`);
  else if (!body.length && ['POST', 'PUT', 'PATCH'].includes(method) && !given.includes('content-length')) lines.push('Content-Length: 0');
  lines.push(...extra, 'Connection: close', '', '');
  return { head: Buffer.from(lines.join('\r\n'), 'latin1'), body, method };
}

function exchange(port, r, extra) {
  const { head, body, method } = encode(r, port, extra);
  return new Promise((done) => {
    const sock = net.connect(port, '127.0.0.1');
    const parts = [];
    const finish = () => done(decode(Buffer.concat(parts), method));
    sock.setTimeout(8000 * slow, () => { sock.destroy(); finish(); });
    sock.on('data', (d) => parts.push(d)).on('error', finish).on('end', finish);
    sock.write(head);
    sock.write(body);
  });
}

function decode(bytes, method) {
  let at = bytes.indexOf('\r\n\r\n');
  let interim;
  if (bytes.subarray(0, 12).toString('latin1') === 'HTTP/1.1 100') {
    interim = bytes.subarray(0, bytes.indexOf('\r\n')).toString('latin1').trim();
    bytes = bytes.subarray(at + 4);
    at = bytes.indexOf('\r\n\r\n');
  }
  if (at < 0) return { no_response: true };
  const [first, ...lines] = bytes.subarray(0, at).toString('latin1').split('\r\n');
  const headers = lines.map((l) => [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 1).trim()]);
  let body = bytes.subarray(at + 4);
  if (headers.some(([k, v]) => k.toLowerCase() === 'transfer-encoding' && v === 'chunked')) body = unchunk(body);
  const m = /^HTTP\/1\.1 (\d+) ?(.*)$/.exec(first) || [];
  return { status: Number(m[1]), reason: m[2], headers, bytes: body, body: body.toString('utf8'), interim, method };
}

function unchunk(b) {
  const parts = [];
  for (;;) {
    const eol = b.indexOf('\r\n');
    const n = parseInt(b.subarray(0, eol).toString('latin1'), 16);
    if (!n) return Buffer.concat(parts);
    parts.push(b.subarray(eol + 2, eol + 2 + n));
    b = b.subarray(eol + 4 + n);
  }
}

const escape = (s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const HOLES = [
  ['<JWT>', '[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{43}'],
  ['<VARIES>', '[^]*'],
  ['<STACK>', '[^]*?'],
  ['<PROJECT>/', '(?:[^"]*/)?'],
  ['<PORT>', '\\d+'],
];
// A stack may be absent: what comes after "at " belongs to the engine.
const pattern = (text) => {
  let re = escape(text);
  re = re.replaceAll(escape('\\n    at <STACK>'), '[^"]*').replaceAll(escape('\n    at <STACK>'), '[^]*?');
  for (const [hole, by] of HOLES) re = re.replaceAll(escape(hole), by);
  return new RegExp(`^${re}$`);
};

const IGNORED = new Set(['x-powered-by', 'etag', 'surrogate-control', 'date', 'connection', 'keep-alive', ...ownHeaders]);

/** Differences between an expected answer and ours, in words; none when the same. */
function compare(want, got) {
  if (want.no_response) return ['the original gives no answer: a deviation must say what ours is'];
  if (got.no_response) return ['no answer'];
  const out = [];
  if (want.status !== undefined && got.status !== want.status) out.push(`status ${got.status}, not ${want.status}`);
  if (want.interim && want.interim !== got.interim) out.push(`interim ${got.interim}, not ${want.interim}`);
  if (want.headers) out.push(...compareHeaders(want, got));
  if (want.body !== undefined && !pattern(want.body).test(got.body)) out.push(`body ${JSON.stringify(got.body.slice(0, 400))}, not ${JSON.stringify(want.body.slice(0, 400))}`);
  if (want.bytes && !got.bytes.equals(Buffer.from(want.bytes, 'hex'))) out.push(`bytes ${got.bytes.toString('hex').slice(0, 80)}, not ${want.bytes}`);
  return out;
}

function compareHeaders(want, got) {
  const list = (h) => h.filter(([k]) => !IGNORED.has(k.toLowerCase())).map(([k, v]) => [k.toLowerCase(), v]);
  // What every error answer of ours carries besides (on_errors of deviations.json).
  const isOurs = ([k, v]) => got.status >= 400 && errorHeaders.some(([k2, v2]) => k === k2 && v === v2);
  const wanted = new Set(list(want.headers).map(([k]) => k));
  const left = list(got.headers).filter((pair) => wanted.has(pair[0]) || !isOurs(pair));
  const out = [];
  for (const [k, v] of list(want.headers)) {
    const i = left.findIndex(([k2, v2]) => k === k2 && pattern(v).test(v2));
    if (i < 0) out.push(`missing ${k}: ${v} (have ${JSON.stringify(left.filter(([n]) => n === k))})`);
    else left.splice(i, 1);
  }
  for (const [k, v] of left) out.push(`extra ${k}: ${v}`);
  return out;
}

async function play(c) {
  const rule = listed[c.id];
  const dir = layOut(c);
  const s = await dev(dir, ['--timeout', String(600 * slow), '--workers', '1', ...(rule?.flags || [])]);
  try {
    let got = await exchange(s.port, c.request);
    for (let i = 1; i < (c.repeat || 1); i++) {
      const etag = got.headers?.find(([k]) => k.toLowerCase() === 'etag')?.[1];
      got = await exchange(s.port, c.request, etag ? [`If-None-Match: ${etag}`] : []);
    }
    const alive = await exchange(s.port, { path: '/no-such-path-at-all', headers: {} });
    const want = rule ? (rule.same_as === 'B' ? c.differs.B : rule.same_as === 'A' ? c.observed : rule.answer) : c.observed;
    const diffs = compare(want, got);
    if (alive.status !== 404) diffs.push('the server does not answer any more');
    return { rule, diffs };
  } finally {
    await s.stop('SIGKILL');
    (await import('node:fs')).rmSync(dir, { recursive: true, force: true });
  }
}

const todo = set.cases.filter((c) => !only.length || only.includes(c.id));
const count = { same: 0, deviate: 0, differ: 0 };
const used = new Set();
async function lane() {
  for (let c; (c = todo.shift()); ) {
    let r;
    try {
      r = await play(c);
    } catch (e) {
      r = { diffs: [String(e.message).slice(0, 600)] };
    }
    if (r.diffs.length) {
      count.differ++;
      console.log(`${c.id} ${c.name}\n    ${r.diffs.join('\n    ')}`);
    } else if (r.rule) {
      count.deviate++;
      used.add(r.rule.why);
      if (verbose) console.log(`${c.id} ${c.name}: deviates as listed: ${reasons[r.rule.why]}`);
    } else count.same++;
  }
}
await Promise.all(Array.from({ length: jobs }, lane));
console.log(`conformance: ${count.same} same, ${count.deviate} deviate as listed, ${count.differ} differ`);
for (const w of used) console.log(`  ${w}: ${reasons[w]}`);
console.log(`${count.same + count.deviate} passed, ${count.differ} failed`);
process.exit(count.differ || !(count.same + count.deviate) ? 1 : 0);
