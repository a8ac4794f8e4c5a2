// Measures Roomkey and its peers in turn, round by round, and reports medians. See docs/bench.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { EXAMPLE, HERE, ROOT, credentials, nginx, peers } from './peers.mjs';
import { measureProject } from './project.mjs';
import { record, summary, table } from './report.mjs';
import { firstAnswer, post, verify } from './token.mjs';
import { cpuOf, memoryOf, startPinned, stop } from './tree.mjs';
import { measure } from './wrk.mjs';

const BAR = 'nginx+njs';
const SERVER_CORE = 0;
const WRK_CORE = 1;
const CONNECTIONS = 64;
const WARM_UP = 2; // seconds, not counted: for the JIT of those who have one

const HELP = `usage: bench/run [BUILD] [flags]

  BUILD            folder where Roomkey was built, within the project (build-bench)
  --rounds N       rounds, each of which measures everyone once; medians are reported (3)
  --seconds N      seconds of load a peer and round (5)
  --only NAMES     comma list of peers: ${peers('').map((p) => p.name).join(', ')}
  --no-record      do not append a row to bench/history.tsv
  --help

Needs two cores and the packages of bench/packages.txt. Exit: 0 measured, 1 failed, 2 usage.
`;

function fail(status, text) {
  console.error(`bench: ${text}`);
  process.exit(status);
}

function flags() {
  let values, positionals;
  try {
    const text = (value) => ({ type: 'string', default: value });
    const options = { rounds: text('3'), seconds: text('5'), only: { type: 'string' } };
    for (const name of ['no-record', 'help']) options[name] = { type: 'boolean' };
    ({ values, positionals } = parseArgs({ options, allowPositionals: true }));
    if (positionals.length > 1) throw new Error(`${positionals[1]}: one folder is enough`);
  } catch (e) {
    fail(2, `${e.message}\n\n${HELP}`);
  }
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  for (const name of ['rounds', 'seconds']) {
    values[name] = Number(values[name]);
    if (!Number.isInteger(values[name]) || values[name] < 1) fail(2, `--${name} wants a whole number from 1 on`);
  }
  values.build = resolve(ROOT, positionals[0] ?? 'build-bench');
  return values;
}

/** What must be there before anything is measured, with the way to get it. */
function need(build, chosen) {
  if (cpus().length < 2) fail(1, 'two cores are needed: one for the server, one for wrk');
  const programs = ['wrk', 'taskset', ...(chosen.some((p) => p.name === BAR) ? ['/usr/sbin/nginx'] : [])];
  for (const program of programs) {
    try {
      execFileSync('sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' });
    } catch {
      fail(1, `${program} is missing: install the packages listed in bench/packages.txt`);
    }
  }
  if (chosen.some((p) => p.name === 'roomkey') && !existsSync(join(build, 'src/cli/roomkey')))
    fail(1, `no src/cli/roomkey was built there: use make bench, or name the folder of a build`);
  if (!existsSync(join(HERE, 'node_modules/.package-lock.json')) || lockIsNewer())
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: HERE, stdio: 'inherit' });
}

function lockIsNewer() {
  const time = (name) => statSync(join(HERE, name)).mtimeMs;
  return time('package-lock.json') > time('node_modules/.package-lock.json') + 60000;
}

function freePort() {
  return new Promise((done, wrong) => {
    const server = createServer();
    server.on('error', wrong);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** One peer, once: start, first answer, proof of the token, warm-up, load, memory, stop. */
async function once(peer, scratch, keys, seconds) {
  const port = await freePort();
  const env = { ...keys, PATH: process.env.PATH, NODE_ENV: 'production' };
  const since = performance.now();
  const tree = startPinned(SERVER_CORE, peer.command(port, scratch), env);
  try {
    const first = await firstAnswer(port, tree, since);
    verify((await post(port)).text, keys);
    await measure(WRK_CORE, port, WARM_UP, CONNECTIONS);
    const before = cpuOf(tree);
    const figures = await measure(WRK_CORE, port, seconds, CONNECTIONS);
    const cpu = ((cpuOf(tree) - before) * 1e6) / figures.requests;
    const memory = memoryOf(tree);
    verify((await post(port)).text, keys);
    return { ...figures, ...memory, first, cpu };
  } finally {
    await stop(tree);
  }
}

async function measureAll(chosen, scratch, keys, values) {
  const rounds = new Map(chosen.map((p) => [p.name, []]));
  for (let round = 1; round <= values.rounds; round++) {
    for (const peer of chosen) {
      try {
        const r = await once(peer, scratch, keys, values.seconds);
        rounds.get(peer.name).push(r);
        console.error(`round ${round}  ${peer.name}: ${r.rps.toFixed(0)} requests/s, p99 ${r.p99.toFixed(2)} ms`);
      } catch (e) {
        console.error(`round ${round}  ${peer.name}: FAILED: ${e.message}`);
        process.exitCode = 1;
      }
    }
  }
  const whole = [...rounds].filter(([, list]) => list.length === values.rounds);
  return new Map(whole.map(([name, list]) => [name, summary(list)]));
}

/** Microseconds a token, ours and libjwt's, from the built program; null when it was not built. */
function mintFigures(build) {
  const program = join(build, 'bench/mint');
  if (!existsSync(program)) {
    console.error('\nbench/mint was not built (-Dbench=true): no figures of a single token');
    return null;
  }
  const { status, stdout } = spawnSync('taskset', ['-c', String(SERVER_CORE), program], { encoding: 'utf8' });
  const json = /^\{.*\}$/m.exec(stdout)?.[0];
  console.log(`\n${stdout.replace(json, '').trim()}`);
  if (status !== 0) {
    console.error('bench/mint says that its target was missed');
    process.exitCode = 1;
  }
  return json ? JSON.parse(json) : null;
}

const values = flags();
const names = peers(values.build).map((p) => p.name);
const only = values.only?.split(',') ?? names;
for (const name of only) if (!names.includes(name)) fail(2, `no peer is called ${name}; there are ${names.join(', ')}`);
const chosen = peers(values.build).filter((p) => only.includes(p.name));
need(values.build, chosen);
const scratch = mkdtempSync(join(tmpdir(), 'roomkey-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const results = await measureAll(chosen, scratch, credentials(), values);
console.log(`\n${CONNECTIONS} connections, server on core ${SERVER_CORE}, wrk on core ${WRK_CORE}, ` +
  `medians of ${values.rounds} rounds of ${values.seconds} s; ratio to ${BAR}\n`);
console.log(table(results, BAR));
const mint = mintFigures(values.build);
if (only.length === names.length)
  await measureProject({
    build: values.build, scratch, nginx, freePort, serverCore: SERVER_CORE, wrkCore: WRK_CORE,
    connections: CONNECTIONS, seconds: Math.min(3, values.seconds),
    tutorial: readFileSync(join(EXAMPLE, 'functions/create-room-token.js'), 'utf8'),
    variables: readFileSync(join(EXAMPLE, '.env'), 'utf8'),
  });
if (!values['no-record'] && only.length === names.length) record(results, names, BAR, values.rounds, mint);
