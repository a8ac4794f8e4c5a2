// What a run leaves behind: a table on standard output and one row in history.tsv.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

import { HERE, ROOT } from './peers.mjs';

const FIGURES = [
  ['rps', (v) => v.toFixed(0)],
  ['cpu', (v) => v.toFixed(2)],
  ['p50', (v) => v.toFixed(3)],
  ['p99', (v) => v.toFixed(3)],
  ['mb', (v) => v.toFixed(1)],
  ['first', (v) => v.toFixed(1)],
];

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Medians of the rounds of one peer; errors are summed. */
export function summary(rounds) {
  const m = Object.fromEntries(FIGURES.map(([f]) => [f, median(rounds.map((r) => r[f]))]));
  m.errors = rounds.reduce((sum, r) => sum + r.errors, 0);
  m.processes = rounds[0].processes;
  return m;
}

/** results: Map of name -> summary; ratios are to `bar`. */
export function table(results, bar) {
  const head = ['', 'requests/s', 'ratio', 'CPU us', 'p50 ms', 'p99 ms', 'PSS MB', 'procs', 'first 200 ms', 'errors'];
  const rows = [...results].map(([name, r]) => [
    name,
    r.rps.toFixed(0),
    results.has(bar) ? (r.rps / results.get(bar).rps).toFixed(2) : '-',
    r.cpu.toFixed(1),
    r.p50.toFixed(2),
    r.p99.toFixed(2),
    r.mb.toFixed(1),
    String(r.processes),
    r.first.toFixed(1),
    String(r.errors),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((r) => r[i].length)));
  const line = (r) => r.map((c, i) => (i ? c.padStart(widths[i]) : c.padEnd(widths[i]))).join('  ');
  return [head, ...rows].map(line).join('\n');
}

function git(...args) {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', ['-C', ROOT, ...args], { encoding: 'utf8', stdio }).trim();
  } catch {
    return '';
  }
}

/** The commit measured; a "+" after it says that files differed from it. */
function commit() {
  const dirty = git('status', '--porcelain', '--untracked-files=no', '--', ':!bench/history.tsv');
  return (git('rev-parse', '--short', 'HEAD') || 'none') + (dirty ? '+' : '');
}

/** Appends a row: date, commit, CPU, rounds, then name.figure of every peer, the ratio, and mint's figures. */
export function record(results, names, bar, rounds, mint) {
  const columns = { date: new Date().toISOString().slice(0, 19) + 'Z', commit: commit() };
  columns.cpu = cpus()[0].model.trim();
  columns.rounds = String(rounds);
  for (const name of names) {
    const r = results.get(name);
    for (const [f, show] of FIGURES) columns[`${name.replaceAll(' ', '-')}.${f}`] = r ? show(r[f]) : '-';
  }
  const us = results.get(names[0]);
  columns.ratio = us && results.has(bar) ? (us.rps / results.get(bar).rps).toFixed(3) : '-';
  columns['mint.us'] = mint ? mint.mint_us.toFixed(3) : '-';
  columns['libjwt.us'] = mint ? mint.libjwt_us.toFixed(3) : '-';
  const file = join(HERE, 'history.tsv');
  if (!existsSync(file)) writeFileSync(file, Object.keys(columns).join('\t') + '\n');
  appendFileSync(file, Object.values(columns).join('\t') + '\n');
}
