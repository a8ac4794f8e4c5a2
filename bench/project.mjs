// What else a project does: larger bodies, string answers, assets beside nginx, and the moment after an edit.
import { mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startPinned, stop } from './tree.mjs';
import { measure } from './wrk.mjs';

const EDITS = 30;
const ASSET = 100 * 1024;
const XML = '<?xml version="1.0" encoding="UTF-8"?><Response><Say voice="alice">Hello</Say><Hangup/></Response>';

/** The token function, a function that answers XML, an asset of 100 KB, and the file that is edited. */
function layOut(scratch, tutorial, variables) {
  const dir = join(scratch, 'project');
  for (const folder of ['functions', 'assets']) mkdirSync(join(dir, folder), { recursive: true });
  writeFileSync(join(dir, '.env'), variables);
  writeFileSync(join(dir, 'functions/create-room-token.js'), tutorial);
  writeFileSync(join(dir, 'functions/xml.js'), `exports.handler = (context, event, callback) => callback(null, '${XML}');\n`);
  writeFileSync(join(dir, 'assets/blob.bin'), Buffer.alloc(ASSET, 7));
  edit(dir, 0);
  return dir;
}

function edit(dir, version) {
  writeFileSync(join(dir, 'functions/edited.js'), `exports.handler = (context, event, callback) => callback(null, 'v${version}');\n`);
}

/** One GET on a kept connection: [text, milliseconds]. */
function get(agent, port, path) {
  const since = performance.now();
  return new Promise((done, wrong) => {
    const request = http.get({ agent, port, host: '127.0.0.1', path }, (response) => {
      let text = '';
      response.on('data', (d) => (text += d)).on('end', () => done([text, performance.now() - since]));
    });
    request.on('error', wrong);
  });
}

async function ready(port, path) {
  const agent = new http.Agent();
  for (let i = 0; i < 5000; i++) {
    try {
      return await get(agent, port, path);
    } catch {
      await sleep(2);
    }
  }
  throw new Error('no answer in 10 s');
}

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))];

/** Each edit: from the write to the first new answer, that answer's own time, and one more without an edit. */
async function edits(dir, port) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const live = [], first = [], control = [];
  for (let version = 1; version <= EDITS; version++) {
    await sleep(300); // the spare workers are back
    control.push((await get(agent, port, '/edited'))[1]);
    const since = performance.now();
    edit(dir, version);
    for (;;) {
      const [text, ms] = await get(agent, port, '/edited');
      if (text !== `v${version}`) continue;
      live.push(performance.now() - since);
      first.push(ms);
      break;
    }
  }
  agent.destroy();
  return { live, first, control };
}

const ms = (list) => `p50 ${quantile(list, 0.5).toFixed(1)}  p95 ${quantile(list, 0.95).toFixed(1)}  max ${Math.max(...list).toFixed(1)} ms`;

/** Prints its figures; cores, connections and seconds as the peers have them. */
export async function measureProject({ build, scratch, tutorial, variables, nginx, freePort, serverCore, wrkCore, connections, seconds }) {
  const dir = layOut(scratch, tutorial, variables);
  const env = { PATH: process.env.PATH };
  const port = await freePort();
  const ours = startPinned(serverCore,
    [join(build, 'src/cli/roomkey'), 'dev', dir, '--workers', '1', '--no-logs', '--port', String(port)], env);
  const load = (where, request) => measure(wrkCore, where, seconds, connections, request);
  try {
    await ready(port, '/xml');
    await load(port);
    const token = await load(port);
    const body = JSON.stringify({ identity: 'alice', room: 'daily', list: Array.from({ length: 22 }, (_, n) => ({ id: n, name: `member ${n}`, on: true })) });
    const large = await load(port, { body });
    const xml = await load(port, { path: '/xml', body: null });
    const asset = await load(port, { path: '/blob.bin', body: null });
    console.log(`\nthe same project        requests/s  to the token's row    p99 ms  errors`);
    for (const [name, r] of [['token', token], [`token, ${body.length} byte JSON`, large], ['XML as a string', xml]])
      console.log(`${name.padEnd(22)} ${r.rps.toFixed(0).padStart(11)} ${(r.rps / token.rps).toFixed(2).padStart(20)} ${r.p99.toFixed(2).padStart(9)} ${String(r.errors).padStart(7)}`);
    const other = await freePort();
    const command = nginx(other, scratch);
    writeFileSync(join(scratch, `nginx-${other}`, 'blob.bin'), Buffer.alloc(ASSET, 7));
    const peer = startPinned(serverCore, command, env);
    try {
      await ready(other, '/blob.bin');
      await load(other, { path: '/blob.bin', body: null });
      const theirs = await load(other, { path: '/blob.bin', body: null });
      console.log(`\nasset of 100 KB: ${asset.rps.toFixed(0)} requests/s, nginx ${theirs.rps.toFixed(0)}, ratio ${(asset.rps / theirs.rps).toFixed(2)}; p99 ${asset.p99.toFixed(2)} and ${theirs.p99.toFixed(2)} ms; errors ${asset.errors} and ${theirs.errors}`);
    } finally {
      await stop(peer);
    }
    const after = await edits(dir, port);
    console.log(`\n${EDITS} edits, one polling client on its own connection`);
    console.log(`  write to first new answer    ${ms(after.live)}`);
    console.log(`  that answer itself           ${ms(after.first)}`);
    console.log(`  a request without an edit    ${ms(after.control)}`);
  } finally {
    await stop(ours);
  }
}
