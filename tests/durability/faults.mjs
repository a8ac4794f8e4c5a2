// Lets the kernel refuse what the store asks of it, one call at a time: nothing acknowledged may be lost, nothing may crash, and what cannot be done is said.
//   node tests/durability/faults.mjs [CALLS]      (how many of each kind are made to fail, one a run; 6 when absent; needs strace)
import { cpSync, rmSync } from 'node:fs';
import { serve, send, temp } from '../integration/platform.mjs';

const calls = Number(process.argv[2] || 6);
const kinds = [
  ['openat', 'EIO'], ['openat', 'ENOSPC'], ['pwrite64', 'EIO'], ['pwrite64', 'ENOSPC'], ['pwrite64', 'EROFS'], ['fdatasync', 'EIO'], ['ftruncate', 'EIO'],
  ['rename', 'EIO'], ['unlink', 'EIO'],
];

// A server as it was left, to be copied for each run.
const template = temp('faults');
const first = await serve(['--no-logs'], { dir: template });
await first.setUp();
const { account, token } = first;
const d = await first.deploy('faults', { '/x': 'exports.handler = (c, e, cb) => cb(null, "x");' });
await first.stop();

const at = `/v1/Services/${d.service.sid}/Environments/${d.environment.sid}/Variables`;
const tally = { runs: 0, refusedStart: 0, refusedWrites: 0, acknowledged: 0, lost: 0, wrong: 0 };

async function one(name, error, when) {
  const dir = temp('fault');
  cpSync(template, dir, { recursive: true });
  const acknowledged = [];
  let s;
  tally.runs++;
  try {
    s = await serve(['--no-logs'], { dir, inject: [`${name}:error=${error}:when=${when}`] });
    Object.assign(s, { account, token });
    for (let i = 0; i < 12; i++) {
      const r = await s.api('POST', at, { Key: `K${i}`, Value: String(i) }).catch((e) => ({ status: 0, text: e.message }));
      if (r.status === 201) acknowledged.push(`K${i}`);
      else if (r.status === 507 || r.status === 503 || r.status === 500) tally.refusedWrites++;
      else {
        tally.wrong++;
        console.log(`  ${name} ${error} ${when}: a write answered ${r.status} ${r.text}`);
      }
      const f = await send(s.port, '/x', { host: d.host }).catch((e) => ({ status: 0, text: e.message }));
      if (f.status !== 200) {
        tally.wrong++;
        console.log(`  ${name} ${error} ${when}: the function answered ${f.status} ${f.text}`);
      }
    }
  } catch (e) {
    // Not to start is an answer too, when one line says why.
    if (/RK-\d+|ended with/.test(e.message)) tally.refusedStart++;
    else {
      tally.wrong++;
      console.log(`  ${name} ${error} ${when}: ${e.message}`);
    }
  }
  await s?.stop();
  const again = await serve(['--no-logs'], { dir });
  Object.assign(again, { account, token });
  const rows = (await again.api('GET', `${at}?PageSize=100`)).json().variables.map((v) => v.key);
  for (const key of acknowledged) if (!rows.includes(key)) tally.lost++;
  tally.acknowledged += acknowledged.length;
  await again.stop();
  rmSync(dir, { recursive: true, force: true });
}

for (const [name, error] of kinds) for (let when = 1; when <= calls; when++) await one(name, error, 1 + (when - 1) * 3);
rmSync(template, { recursive: true, force: true });
console.log(`  ${tally.runs} runs with one failing call: ${tally.refusedStart} did not start and said why, ${tally.refusedWrites} writes refused, ${tally.acknowledged} acknowledged, ${tally.lost} lost, ${tally.wrong} wrong`);
const ok = tally.lost === 0 && tally.wrong === 0 && tally.acknowledged > 0;
console.log(`${ok ? 1 : 0} passed, ${ok ? 0 : 1} failed`);
process.exit(ok ? 0 : 1);
