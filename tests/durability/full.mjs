// A disk that is full: writes are refused with 507, reads and functions go on, and when there is room again all is as before, without a restart.
//   sudo node tests/durability/full.mjs       (needs root, to mount a small tmpfs)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serve, send, sleep, until } from '../integration/platform.mjs';

const mount = mkdtempSync(path.join(tmpdir(), 'roomkey-full-'));
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', mount]);
let failed = 0, passed = 0;
const check = (what, ok, detail = '') => {
  ok ? passed++ : failed++;
  console.log(`  ${ok ? 'ok' : 'NOT OK'}: ${what} ${ok ? '' : detail}`);
};
let s;
try {
  s = await serve([], { dir: path.join(mount, 'data') });
  await s.setUp();
  const d = await s.deploy('full', { '/x': 'exports.handler = (c, e, cb) => { console.log("line"); cb(null, "x"); };' });
  const at = `/v1/Services/${d.service.sid}/Environments/${d.environment.sid}/Variables`;
  const made = (await s.api('POST', at, { Key: 'BEFORE', Value: '1' })).json();
  const ballast = path.join(mount, 'ballast');
  const free = statfsSync(mount);
  try {
    writeFileSync(ballast, Buffer.alloc(Number(free.bavail) * Number(free.bsize)));
  } catch {
    // as much as goes in
  }
  let refused;
  for (let i = 0; i < 2000 && !refused; i++) {
    const r = await s.api('POST', `${at}/${made.sid}`, { Value: 'x'.repeat(400) + i });
    if (r.status !== 200) refused = r;
  }
  check('a write is refused with 507', refused?.status === 507, `${refused?.status} ${refused?.text}`);
  check('its words say what to do', /full|space/i.test(refused?.text || ''), refused?.text);
  check('reads go on', (await s.api('GET', at)).status === 200);
  const call = await d.call('/x');
  check('functions go on', call.status === 200 && call.text === 'x', `${call.status} ${call.text}`);
  for (let i = 0; i < 50; i++) await d.call('/x');
  check('and so does everything after many lines of log', (await d.call('/x')).status === 200);
  unlinkSync(ballast);
  const again = await until('a write that is taken', async () => {
    const r = await s.api('POST', `${at}/${made.sid}`, { Value: 'after' });
    return r.status === 200 && r;
  });
  check('with room again, writes are taken without a restart', again.json().value === 'after');
  await sleep(300);
  const code = await s.stop();
  check('it ends as it should', code === 0, String(code));
  const back = await serve([], { dir: path.join(mount, 'data') });
  Object.assign(back, { account: s.account, token: s.token });
  const rows = (await back.api('GET', at)).json().variables;
  check('what was acknowledged is there after a restart', rows.length === 1 && rows[0].value === 'after', JSON.stringify(rows));
  check('and the function answers', (await send(back.port, '/x', { host: d.host })).text === 'x');
  await back.stop();
} finally {
  await s?.stop('SIGKILL');
  execFileSync('umount', ['-l', mount]);
  rmSync(mount, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
