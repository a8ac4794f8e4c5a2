// Many services on one machine: start, idle memory, what a request costs the gateway, and a deploy, as services grow.
//   node tests/durability/scale.mjs [SERVICES ...]      (1 10 100 when absent; docs/durability.md has 1 100 1000 2000)
// Five functions in each service. Every figure is of a server that was started anew.
import { readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { family } from '../integration/harness.mjs';
import { send, serve, sleep, temp } from '../integration/platform.mjs';

const steps = process.argv.slice(2).map(Number).filter(Boolean);
if (!steps.length) steps.push(1, 10, 100);
const dir = temp('scale');
const put = Array.from({ length: 5 }, (_, i) => ({
  kind: 'function', path: `/f${i}`, visibility: 'public', content: `exports.handler = (c, e, cb) => cb(null, 'function ${i}');`,
}));
let account, token, made = 0, hot, base;

/** Proportional memory of a process and all below it, in MB. */
function memory(pid) {
  let kb = 0;
  for (const p of [{ pid }, ...family(pid)]) {
    try {
      kb += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${p.pid}/smaps_rollup`, 'utf8'))[1]);
    } catch {
      // it ended while we looked
    }
  }
  return kb / 1024;
}

const cpuUs = (pid) => {
  const f = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(f[11]) + Number(f[12])) * 10000;
};

async function requests(s, n) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const one = async () => {
    for (let i = 0; i < n / 8; i++) {
      const r = await send(s.port, '/f0', { host: hot.domain_name, agent });
      if (r.status !== 200) throw new Error(`${r.status} ${r.text}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  agent.destroy();
}

async function more(s, upTo) {
  const began = performance.now();
  const one = async () => {
    while (made < upTo) {
      const n = made++;
      const service = (await s.api('POST', '/v1/Services', { UniqueName: `s${n}`, FriendlyName: `s${n}` })).json();
      const e = (await s.api('POST', `/v1/Services/${service.sid}/Environments`, { UniqueName: 'production' })).json();
      const r = await s.own('POST', `Services/${service.sid}/Environments/${e.sid}/Changes`, { base_build: null, put });
      if (r.status !== 201) throw new Error(`${r.status} ${r.text}`);
      if (!hot) {
        hot = { ...e, service: service.sid };
        base = r.json().build_sid;
      }
    }
  };
  await Promise.all([one(), one(), one(), one()]);
  console.log(`  ${upTo} services made in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

async function start() {
  const s = await serve(['--no-logs', '--idle-timeout', '2000'], { dir });
  if (account) Object.assign(s, { account, token });
  else {
    await s.setUp();
    ({ account, token } = s);
  }
  return s;
}

console.log('  services functions  start ms  idle MB  processes  first answer ms  gateway us/request  deploy ms');
const rows = [];
for (const n of steps) {
  let s = await start();
  await more(s, n);
  await s.stop();
  s = await start();
  const up = s.startedMs;
  await sleep(1000);
  const idle = memory(s.child.pid), processes = family(s.child.pid).length + 1;
  let began = performance.now();
  await requests(s, 8);
  const first = performance.now() - began;
  await requests(s, 4000);
  const gateway = family(s.child.pid).find((p) => p.role === 'gateway').pid;
  const before = cpuUs(gateway);
  await requests(s, 16000);
  const us = (cpuUs(gateway) - before) / 16000;
  const took = [];
  for (let i = 0; i < 11; i++) {
    await sleep(200);
    began = performance.now();
    const r = await s.own('POST', `Services/${hot.service}/Environments/${hot.sid}/Changes`, {
      base_build: base, put: [{ ...put[1], content: `exports.handler = (c, e, cb) => cb(null, '${n} ${i}');` }],
    });
    if (r.status !== 201) throw new Error(`${r.status} ${r.text}`);
    base = r.json().build_sid;
    took.push(performance.now() - began);
  }
  took.sort((a, b) => a - b);
  rows.push({ n, up, idle, us, deploy: took[5] });
  console.log(`  ${String(n).padStart(8)} ${String(n * 5).padStart(9)} ${up.toFixed(0).padStart(9)} ${idle.toFixed(1).padStart(8)} ${String(processes).padStart(10)} ${first
    .toFixed(0).padStart(16)} ${us.toFixed(1).padStart(19)} ${took[5].toFixed(1).padStart(10)}`);
  await s.stop();
}
rmSync(dir, { recursive: true, force: true });
// Figures are for the reader; what must hold wherever this runs is that a request's cost does not grow with the services.
const flat = rows.length < 2 || rows[rows.length - 1].us < 2 * rows[0].us + 5;
console.log(`${flat ? 1 : 0} passed, ${flat ? 0 : 1} failed`);
process.exit(flat ? 0 : 1);
