// Cuts the power: copies the image of a mounted file system while the server writes to it, mounts each copy, and looks
// whether every write that was acknowledged before the copy is in it. The control lies about every fsync, and must lose some.
//   sudo node tests/durability/power.mjs [IMAGES]     (20 when absent; needs root, loop devices, mkfs.ext4, strace)
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { family } from '../integration/harness.mjs';
import { serve, sleep } from '../integration/platform.mjs';

const images = Number(process.argv[2] || 20);
const sh = (cmd, ...args) => execFileSync(cmd, args, { stdio: ['ignore', 'pipe', 'pipe'] });
const work = mkdtempSync(path.join(tmpdir(), 'roomkey-power-'));

function everyone(s, signal) {
  for (const pid of [s.child.pid, ...family(s.child.pid).map((p) => p.pid)]) {
    try {
      process.kill(pid, signal);
    } catch {
      // it ended by itself
    }
  }
}

/** Writes as they are acknowledged: name -> the newest value. */
async function writer(s, acknowledged, on) {
  const service = (await s.api('POST', '/v1/Services', { UniqueName: 'power', FriendlyName: 'power' })).json();
  const e = (await s.api('POST', `/v1/Services/${service.sid}/Environments`, { UniqueName: 'production' })).json();
  const at = `/v1/Services/${service.sid}/Environments/${e.sid}/Variables`;
  const one = async (lane) => {
    const sids = {};
    for (let i = 0; on(); i++) {
      const key = `L${lane}_${i % 20}`;
      const r = await s.api('POST', sids[key] ? `${at}/${sids[key]}` : at, sids[key] ? { Value: String(i) } : { Key: key, Value: String(i) });
      if (r.status >= 300) throw new Error(`${r.status} ${r.text}`);
      sids[key] = r.json().sid;
      acknowledged.set(key, i);
    }
  };
  const lanes = Promise.all([0, 1, 2, 3].map(one));
  return { at, lanes };
}

/** Takes `count` images during a load; returns how many writes were lost over all of them. */
async function run(count, { lies }) {
  const image = path.join(work, 'disk.img'), mount = path.join(work, 'disk'), copyMount = path.join(work, 'copy');
  for (const d of [mount, copyMount]) if (!existsSync(d)) mkdirSync(d);
  writeFileSync(image, '');
  sh('truncate', '-s', '96M', image);
  sh('mkfs.ext4', '-q', '-F', image);
  sh('mount', '-o', 'loop', image, mount);
  const tally = { images: 0, looked: 0, lost: 0, unreadable: 0 };
  const dir = path.join(mount, 'data');
  let s, going = true;
  try {
    s = await serve(['--no-logs'], { dir, lies });
    await s.setUp();
    const { account, token } = s;
    const acknowledged = new Map();
    const { at, lanes } = await writer(s, acknowledged, () => going);
    const snapshots = [];
    for (let i = 0; i < count; i++) {
      await sleep(randomInt(30, 300));
      everyone(s, 'SIGSTOP');
      const must = new Map(acknowledged);
      const copy = path.join(work, `copy-${i}.img`);
      sh('cp', '--sparse=always', image, copy);
      everyone(s, 'SIGCONT');
      snapshots.push({ copy, must });
    }
    going = false;
    await lanes;
    await s.stop();
    s = undefined;
    for (const { copy, must } of snapshots) {
      tally.images++;
      sh('mount', '-o', 'loop', copy, copyMount);
      let again;
      try {
        again = await serve(['--no-logs'], { dir: path.join(copyMount, 'data') });
        Object.assign(again, { account, token });
        const r = await again.api('GET', `${at}?PageSize=200`);
        const rows = r.status === 200 ? r.json().variables : [];
        for (const [key, value] of must) {
          tally.looked++;
          const row = rows.find((v) => v.key === key);
          if (!row || Number(row.value) < value) tally.lost++;
        }
      } catch (e) {
        tally.unreadable++;
        tally.lost += must.size;
        if (!lies) console.log(`  a copy does not start: ${e.message}`);
      } finally {
        await again?.stop();
        sh('umount', copyMount);
        rmSync(copy);
      }
    }
  } finally {
    going = false;
    if (s) {
      everyone(s, 'SIGCONT');
      await s.stop('SIGKILL');
      everyone(s, 'SIGKILL');
    }
    await sleep(200);
    sh('umount', mount);
  }
  return tally;
}

try {
  const honest = await run(images, { lies: false });
  console.log(`  ${honest.images} images without a stop: ${honest.looked} acknowledged values looked for, ${honest.lost} lost, ${honest.unreadable} would not start`);
  const control = await run(Math.min(images, 10), { lies: true });
  console.log(`  control, where fsync does nothing: ${control.images} images, ${control.looked} looked for, ${control.lost} lost (must be more than none)`);
  const passed = (honest.lost === 0 && honest.unreadable === 0 && honest.looked > 0) + (control.lost > 0);
  console.log(`${passed} passed, ${2 - passed} failed`);
  process.exitCode = passed === 2 ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
