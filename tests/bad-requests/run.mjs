#!/usr/bin/env node
// Sends malformed, ambiguous and hostile requests to `roomkey dev`, and judges the answers.
//
//   node tests/bad-requests/run.mjs [--file rows.jsonl]... [--mode whole|bytes] [--only ID,GROUP,..] [--jobs 12] [-v]
//
// Without --file: the two vector files and ours.mjs; without --mode: each row whole, then byte by byte.
// A row that known.json names is counted apart, with its reason; once it is met it must leave the list.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { alive, dev, family, root, sleep, slow, until, vectors } from '../integration/harness.mjs';
import { facts, isWronglyAccepted, judge } from './judge.mjs';
import { rows as ours } from './ours.mjs';
import { aimed, place } from './place.mjs';
import { BYTES_MAX, bytesOf, exchange } from './wire.mjs';

const LAYERS = ['http', 'url', 'function', 'visibility'];
const WRONGLY_ACCEPTED_MAX = 10; // against a MUST; the best of the servers we know lets 11 through
const external = process.env.RK_VECTORS_EXTERNAL || path.resolve(root, '../shared/vectors-external');

const args = process.argv.slice(2);
const opts = (name) => args.flatMap((a, i) => (a === name ? [args[i + 1]] : []));
const files = opts('--file').length ? opts('--file') : [path.join(vectors, 'bad-requests.jsonl'), path.join(external, 'bad-requests.jsonl')];
const modes = opts('--mode').length ? opts('--mode') : ['whole', 'bytes'];
const only = opts('--only').join(',').split(',').filter(Boolean);
const jobs = Number(opts('--jobs')[0] ?? 12);
const verbose = args.includes('-v');
const known = JSON.parse(readFileSync(new URL('known.json', import.meta.url), 'utf8'));

function load() {
  const rows = [];
  for (const file of files) {
    if (existsSync(file)) rows.push(...readFileSync(file, 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l)));
    else console.log(`skipped: ${path.basename(path.dirname(file))}/${path.basename(file)} is not here`);
  }
  if (!opts('--file').length) rows.push(...ours);
  return rows.filter((r) => LAYERS.includes(r.layer) && (!only.length || only.includes(r.id) || only.includes(r.group)));
}

async function one(s, home, row, mode) {
  if (row.swap) home.swap();
  if (row.after) await sleep(row.after);
  const got = await exchange(s.port, aimed(row), { mode, wait: 1500 * slow });
  const seen = facts(got);
  return { row, mode, fails: judge(row, got, seen), ...seen };
}

const waits = (row) => row.swap || row.after;

/** All rows that wait for no other, `jobs` at a time. */
async function all(s, home, rows, mode) {
  const todo = rows.filter((r) => !waits(r) && (mode === 'whole' || bytesOf(r).length <= BYTES_MAX));
  const results = [];
  const worker = async () => {
    for (let row; (row = todo.shift()); ) results.push(await one(s, home, row, mode));
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return results;
}

/** What a result counts as, and for a person why: "met", "known" or "not". */
function standing({ row, mode, fails, statuses }) {
  const listed = known[row.id];
  const applies = listed && (!listed.mode || listed.mode === mode);
  if (!applies) return { as: fails.length ? 'not' : 'met', words: fails.join(' ') };
  // Bytes left unread at the end reset the connection, and then the answer may be lost: that shows nothing.
  if (!fails.length && !statuses.length) return { as: 'known', words: `the answer was lost: ${listed.why}` };
  if (!fails.length) return { as: 'not', words: 'is met now: take it off known.json' };
  const same = fails.every((f) => listed.fails.includes(f));
  return { as: same ? 'known' : 'not', words: fails.join(' ') + (same ? `: ${listed.why}` : `, but known.json says ${listed.fails.join(' ')}`) };
}

function report(results) {
  const count = { met: 0, known: 0, not: 0 };
  for (const mode of modes)
    for (const layer of LAYERS) {
      const here = results.filter((r) => r.mode === mode && r.row.layer === layer);
      if (!here.length) continue;
      const n = { met: 0, known: 0, not: 0 };
      for (const r of here) n[standing(r).as]++;
      for (const k in n) count[k] += n[k];
      console.log(`${layer.padEnd(10)} ${mode.padEnd(5)} ${here.length} rows: ${n.met} as expected, ${n.known} known, ${n.not} not`);
    }
  for (const r of results.sort((a, b) => a.row.id.localeCompare(b.row.id))) {
    const { as, words } = standing(r);
    if (as === 'not' || (verbose && as === 'known'))
      console.log(`  ${as} ${r.row.id} (${r.mode}, ${r.row.strength}) ${r.row.name}: ${words} [${r.statuses.slice(0, 5)}] ${r.handled.slice(0, 3)}`);
  }
  return count;
}

/** Bounds that known.json does not soften. */
function bounds(results) {
  const words = [];
  for (const mode of modes) {
    const here = results.filter((r) => r.mode === mode);
    const wrong = here.filter((r) => isWronglyAccepted(r.row, r.fails));
    const n = (word) => here.filter((r) => r.fails.includes(word)).length;
    console.log(`${mode}: ${wrong.length} accepted against a MUST, ${n('CANARY')} smuggled, ${n('LEAK')} leaks, ${n('5XX')} answered 5xx`);
    if (wrong.length > WRONGLY_ACCEPTED_MAX) words.push(`more than ${WRONGLY_ACCEPTED_MAX} accepted against a MUST (${mode})`);
    if (n('CANARY') || n('LEAK')) words.push(`a request was smuggled, or something private was served (${mode})`);
  }
  return words;
}

/** The server must have lived through it all: every process that was there at the start still is. */
async function unhurt(s, before) {
  const last = await s.request('/fn').catch((e) => ({ status: e.message }));
  const words = last.status === 200 ? [] : [`/fn answers ${last.status} after it all`];
  return [...words, ...before.filter((p) => !alive(p.pid)).map((p) => `a process has gone: ${p.role} ${p.pid}`)];
}

/** Smuggled requests by the server's own lines, where an answer that was lost on its way is seen too. */
function smuggled(s, results) {
  const logged = s.out.match(/ 2\d\d +\S+ +\/SMUGGLED /g)?.length ?? 0;
  const fair = results.filter((r) => !r.row.smuggle).flatMap((r) => r.handled).filter((h) => h.includes('SMUGGLED')).length;
  return logged > fair ? [`the server's lines tell of ${logged} calls of /SMUGGLED, ${fair} of them fair`] : [];
}

/** The first words of a sanitizer, which are a failure wherever they come from. */
const sanitizer = (s) => [/^.*(runtime error:|ERROR: \w*Sanitizer).*$/m.exec(s.err)?.[0]].filter(Boolean);

async function start(dir) {
  const s = await dev(dir);
  await until('the first answer', async () => (await s.request('/fn').catch(() => ({}))).status === 200, 10000).catch((e) => {
    throw new Error(`${e.message}\n${s.out}\n${s.err}`);
  });
  return s;
}

const rows = load();
const home = place(rows);
process.on('exit', home.done);
const s = await start(home.dir);
const processes = family(s.child.pid);
const results = [];
for (const mode of modes) results.push(...(await all(s, home, rows, mode)));
const hurt = await unhurt(s, processes);
// These change the project, which is a new deployment: other workers.
if (modes.includes('whole')) for (const row of rows.filter(waits)) results.push(await one(s, home, row, 'whole'));
await s.stop();
const count = report(results);
const broken = [...bounds(results), ...smuggled(s, results), ...hurt, ...sanitizer(s)];
for (const words of broken) console.log(`  not: ${words}`);
const failed = count.not + broken.length;
console.log(`${count.met} passed, ${failed} failed, ${count.known} known`);
process.exitCode = failed || !count.met ? 1 : 0;
