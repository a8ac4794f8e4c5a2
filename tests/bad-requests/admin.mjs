#!/usr/bin/env node
// Sends the malformed and hostile requests of the layers `admin` and `console` to the admin listener of `roomkey serve`.
//
//   node tests/bad-requests/admin.mjs [--only ID,GROUP,..] [-v]
//
// Each row whole, then byte by byte. Rows with wrong credentials go last, and once: they make the server ask for patience.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { alive, family, root, slow, vectors } from '../integration/harness.mjs';
import { serve } from '../integration/platform.mjs';
import { facts } from './judge.mjs';
import { BYTES_MAX, bytesOf, exchange } from './wire.mjs';

const KEY = 'SK00000000000000000000000000000001';
const SECRET = 'test-secret-not-real-000000000001';
const args = process.argv.slice(2);
const only = (args.includes('--only') ? args[args.indexOf('--only') + 1] : '').split(',').filter(Boolean);
const verbose = args.includes('-v');
const external = process.env.RK_VECTORS_EXTERNAL || path.resolve(root, '../shared/vectors-external');

function load() {
  const rows = [];
  for (const file of [vectors, external].map((d) => path.join(d, 'bad-requests.jsonl')))
    if (existsSync(file)) rows.push(...readFileSync(file, 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l)));
  return rows.filter((r) => ['admin', 'console'].includes(r.layer) && (!only.length || only.includes(r.id) || only.includes(r.group)));
}

const guesses = (row) => /^auth:/.test(row.name);

/** What is not as the row expects. */
function judge(row, got, s) {
  const { statuses, heads } = facts(got);
  const text = got.out.toString('latin1');
  const first = statuses.find((x) => x !== 100) ?? 0;
  const f = [];
  if (!got.connected) return ['NO-CONNECTION'];
  if (!row.expect.status.includes(first)) f.push(`STATUS ${first}`);
  if (statuses.some((x) => x >= 500 && ![501, 503, 505].includes(x))) f.push('5XX');
  if (!statuses.length && !got.eof) f.push('HELD');
  if (text.includes(SECRET) || text.includes(s.token)) f.push('SECRET');
  if (/root:x:0:/.test(text)) f.push('LEAK');
  if (heads.some((h) => /\nX-Evil:/i.test(h))) f.push('HEADER-INJECTION');
  if (heads.some((h) => /\nAccess-Control-Allow-Origin:/i.test(h))) f.push('CORS');
  if (heads.some((h) => /\nLocation: *(https?:)?\/\/(?!localhost|127\.)/i.test(h))) f.push('OFF-SITE');
  if (/framing/.test(row.name) && !heads.some((h) => /frame-ancestors 'none'/.test(h))) f.push('FRAMES');
  if (heads.some((h) => /\nSet-Cookie:/i.test(h))) f.push('COOKIE');
  return f;
}

const rows = load();
const s = await serve(['--no-logs']);
await s.setUp();
const made = await s.own('POST', 'Keys/Import', { sid: KEY, secret: SECRET, friendly_name: 'test key', type: 'main' });
if (made.status !== 201) throw new Error(`the test key: ${made.status} ${made.text}`);
const before = family(s.child.pid);
let passed = 0, failed = 0;
const plan = [...rows.filter((r) => !guesses(r)).flatMap((row) => [{ row, mode: 'whole' }, { row, mode: 'bytes' }]), ...rows.filter(guesses).map((row) => ({ row, mode: 'whole' }))];
for (const { row, mode } of plan) {
  if (mode === 'bytes' && bytesOf(row).length > BYTES_MAX) continue;
  const got = await exchange(s.adminPort, bytesOf(row), { mode, wait: 1500 * slow });
  const f = judge(row, got, s);
  f.length ? failed++ : passed++;
  if (f.length || verbose) console.log(`  ${f.length ? 'not' : 'met'} ${row.id} (${mode}) ${row.name}: ${f.join(' ')} ${got.out.toString('latin1').split('\r\n')[0]}`);
}
for (const p of before.filter((x) => !alive(x.pid))) {
  failed++;
  console.log(`  not: a process has gone: ${p.role}`);
}
await s.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed || !passed ? 1 : 0;
