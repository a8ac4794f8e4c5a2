// A server under test: its process tree, pinned to one core, and what that tree costs in memory.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Starts argv pinned to `core`; everything it forks inherits that. Resolves when exec has been asked for. */
export function startPinned(core, argv, env) {
  const child = spawn('taskset', ['-c', String(core), ...argv], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const tree = { child, said: '', ended: false };
  child.stderr.on('data', (d) => (tree.said = (tree.said + d).slice(-2000)));
  tree.exited = new Promise((resolve) => {
    const over = (what) => {
      tree.ended = true;
      resolve(what);
    };
    child.on('exit', over);
    child.on('error', (e) => {
      tree.said += e.message;
      over(null);
    });
  });
  return tree;
}

/** The process and all its descendants, by /proc. */
function pidsOf(root) {
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    let stat;
    try {
      stat = readFileSync(`/proc/${name}/stat`, 'latin1');
    } catch {
      continue; // it ended while we looked
    }
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(Number(name));
  }
  const found = [root];
  for (let i = 0; i < found.length; i++) found.push(...(children.get(found[i]) ?? []));
  return found;
}

const TICKS_PER_SECOND = 100; // USER_HZ: fixed on Linux for all but old Alpha

/** Seconds of processor time that the tree's living processes have used so far. */
export function cpuOf(tree) {
  let ticks = 0;
  for (const pid of pidsOf(tree.child.pid)) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]); // utime, stime: fields 14 and 15 of proc(5)
  }
  return ticks / TICKS_PER_SECOND;
}

/** Proportional set size of the whole tree, in MB (10^6), and the number of processes. */
export function memoryOf(tree) {
  const pids = pidsOf(tree.child.pid);
  let kilobytes = 0;
  for (const pid of pids) {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'); // needs to be the same user, or root
    kilobytes += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)[1]);
  }
  return { mb: (kilobytes * 1024) / 1e6, processes: pids.length };
}

/** SIGTERM, five seconds of patience, SIGKILL; only ever to the group that startPinned made. */
export async function stop(tree) {
  if (tree.ended) return;
  process.kill(-tree.child.pid, 'SIGTERM');
  await Promise.race([tree.exited, sleep(5000, null, { ref: false })]);
  if (!tree.ended) {
    process.kill(-tree.child.pid, 'SIGKILL');
    await tree.exited;
  }
}
