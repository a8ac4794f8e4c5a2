#!/usr/bin/env node
// Runs hostile functions, each in a server of its own, and sees that nobody but themselves takes harm.
//
//   node tests/hostile/run.mjs [--dir FOLDER] [--only 001,mem-] [--skip mem-,…] [--jobs 3] [-v]
//
// A folder holds functions and an expectations.json: the shown set of the vectors, and own/ beside this file. Rows
// of known.json are not met, with the reason; one that is met is a failure, so that the list cannot rot. A row with
// `slow_status` needs more time than the limit on slow machines only: it may answer that instead, and then is known.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sleep, vectors } from '../integration/harness.mjs';
import { judge, limitFor } from './judge.mjs';
import { ask, neighbour, openStage } from './stage.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const opt = (name, fallback) => (args.includes(name) ? args[args.indexOf(name) + 1] : fallback);
const list = (name) => opt(name, '').split(',').filter(Boolean);
const shown = path.join(vectors, 'hostile-functions');
const dirs = args.includes('--dir') ? [opt('--dir')] : [shown, path.join(here, 'own')];
const [only, skip, jobs, verbose] = [list('--only'), list('--skip'), Number(opt('--jobs', '3')), args.includes('-v')];
const { known } = JSON.parse(readFileSync(path.join(here, 'known.json'), 'utf8'));

function readRows(dir) {
  const set = JSON.parse(readFileSync(path.join(dir, 'expectations.json'), 'utf8'));
  return set.functions.map((row) => ({ ...row, dir, markers: set.meta.markers }));
}
const hit = (row, words) => words.some((w) => row.file.includes(w));
const rows = dirs.flatMap(readRows).filter((row) => (!only.length || hit(row, only)) && !hit(row, skip));
const expected = (row) => known.find((k) => row.file.replace(/\.js$/, '') === k.id);
const source = (row) => readFileSync(path.join(row.dir, row.file), 'utf8');
const fromShown = (part) => source(readRows(shown).find((row) => row.file.includes(part)));

/** The requests of a row, in order: [label, target, options]. */
function requestsOf(row) {
  const { cases, bodies, repeat } = row.outcome;
  if (cases) return cases.map((k) => [`k=${k}`, `/case?k=${k}`]);
  if (bodies)
    return bodies.map((body) => [body, '/case', { body, headers: { 'Content-Type': body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded' } }]);
  return Array.from({ length: repeat || 1 }, (_, i) => [repeat ? `#${i + 1}` : 'answer', '/case']);
}

/** Afterwards, as another service and as the same one: who comes later is served, and finds nothing. */
async function askVictims(row, stage) {
  if (!row.then) return [];
  const name = /victim/.test(row.then) ? '/victim-check' : '/global-get';
  const [other, own] = [await ask(stage.other.port, name), await ask(stage.server.port, name)];
  const out = [];
  if (other.text !== '{"leaks":[]}') out.push(`${name} of the other service: ${other.status} ${other.text.slice(0, 200)}`);
  if (![200, 500].includes(own.status)) out.push(`${name} of the same service: ${own.status || own.error}`);
  return out;
}

async function askAll(row, stage) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 }), answers = [];
  // In each slot the first call keeps its own callback, which is good then; what is told of are the later calls.
  for (let i = 0; /callback-detached/.test(row.file) && i < 8; i++) await ask(stage.server.port, '/case');
  for (const [where, target, options] of requestsOf(row)) answers.push({ where, r: await ask(stage.server.port, target, { ...options, agent }) });
  agent.destroy();
  return answers;
}

async function attempt(row, other) {
  const stage = await openStage({ 'functions/case.js': source(row), 'functions/victim-check.js': victim, 'functions/global-get.js': globalGet }, other, limitFor(row.outcome));
  try {
    const answers = await askAll(row, stage), words = await askVictims(row, stage);
    await sleep(/after-response|finalization/.test(row.file) ? 400 : 60);
    const left = await stage.end(10000), found = [...words, ...judge(row, stage, answers, left)], slow = expected(row)?.slow_status;
    const tolerant = { ...row, outcome: { ...row.outcome, status: [...row.outcome.status, slow] } };
    row.isSlow = Boolean(slow && found.length && !judge(tolerant, stage, answers, left).length);
    return found;
  } finally {
    await stage.stop();
  }
}

const words = (found) => found.map((f) => f.words || f);
const results = [], again = [];

async function runRow(row, other, mayRetry) {
  const t0 = Date.now();
  const found = await attempt(row, other).catch((error) => [`the case could not be run: ${error.message}`]);
  if (mayRetry && !row.isSlow && found.length && found.every((f) => f.late)) return again.push(row);
  results.push({ row, found: words(found) });
  if (verbose) console.log(`${found.length ? 'x' : '.'} ${row.file} ${Date.now() - t0} ms ${words(found).slice(0, 4).join('; ')}`);
}

async function runAll(queue, other, at, mayRetry) {
  const next = async () => {
    for (let row; (row = queue.shift()); ) await runRow(row, other, mayRetry);
  };
  await Promise.all(Array.from({ length: at }, next));
}

const victim = fromShown('victim-check'), globalGet = fromShown('global-get');
// What burns a processor or fills memory has the machine for itself; the others are run beside each other.
const isHog = (row) => /limit|\d{4}/.test(String(row.outcome.within_ms)) || row.outcome.repeat > 100;
const other = await neighbour({ 'functions/victim-check.js': victim, 'functions/global-get.js': globalGet });
await runAll(rows.filter((row) => !isHog(row)), other, jobs, true);
await runAll(rows.filter(isHog), other, 1, true);
if (again.length) console.log(`once more, alone, for being late: ${again.map((row) => row.file).join(' ')}`);
await runAll(again.splice(0), other, 1, false);
await other.stop();

const isKnown = (row) => (expected(row)?.slow_status ? row.isSlow : Boolean(expected(row)));
const failed = results.filter(({ row, found }) => (found.length > 0) !== isKnown(row));
for (const { row, found } of failed)
  console.log(`FAIL ${row.file} (${row.class})\n     ${found.length ? found.slice(0, 6).join('\n     ') : `listed in known.json, and met: take it out (${expected(row).reason})`}`);
const listed = results.filter(({ row, found }) => found.length && isKnown(row));
for (const { row } of listed) console.log(`known ${row.file}: ${expected(row).reason}`);
console.log(`${results.length - failed.length - listed.length} passed, ${failed.length} failed, ${listed.length} known`);
process.exit(failed.length || !results.length ? 1 : 0);
