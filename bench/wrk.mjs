// Runs wrk on its own core and reads the figures that load.lua prints.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { HERE } from './peers.mjs';
import { BODY, PATH } from './token.mjs';

const run = promisify(execFile);

/**
 * {requests, rps, p50, p99 (milliseconds), errors} of `seconds` of the same request on `connections` that stay open:
 * the token's POST, or another path and JSON body; body null is a GET.
 */
export async function measure(core, port, seconds, connections, { path = PATH, body = BODY } = {}) {
  const env = { PATH: process.env.PATH, ...(body === null ? {} : { BENCH_BODY: body }) };
  const { stdout } = await run('taskset', [
    ...['-c', String(core), 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency'],
    ...['-s', join(HERE, 'load.lua'), `http://127.0.0.1:${port}${path}`],
  ], { env });
  const line = /^JSON (.*)$/m.exec(stdout);
  if (!line) throw new Error(`wrk said:\n${stdout}`);
  const f = JSON.parse(line[1]);
  return {
    requests: f.requests,
    rps: (f.requests * 1e6) / f.microseconds,
    p50: f.p50 / 1000,
    p99: f.p99 / 1000,
    errors: f.socket_errors + f.status_errors,
  };
}
