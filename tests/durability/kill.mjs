// Kills every process of a server at random moments under a mixed load of writes, and looks what is there afterwards.
//   node tests/durability/kill.mjs [CYCLES]        (20 when absent; docs/durability.md has the figures of 1,000)
// Counted: writes that were acknowledged and are gone, environments whose deployment is half there, restarts, and how long they took.
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { family } from '../integration/harness.mjs';
import { serve, send, temp } from '../integration/platform.mjs';

const cycles = Number(process.argv[2] || 20);
const dir = temp('kill');
const tally = { acknowledged: 0, lost: 0, half: 0, wrong: 0 };
const restarts = [];
let account, token, service, environment, version = 0, deployed = 0, values = new Map(), keys = new Set();

const source = (n) => `exports.handler = (c, e, cb) => cb(null, 'version ' + ${n});`;

async function start() {
  const s = await serve([], { dir });
  if (!account) {
    const made = await s.setUp();
    account = made.account_sid;
    token = made.auth_token;
    service = (await s.api('POST', '/v1/Services', { UniqueName: 'kill', FriendlyName: 'kill' })).json();
    environment = (await s.api('POST', `/v1/Services/${service.sid}/Environments`, { UniqueName: 'production' })).json();
  }
  s.account = account;
  s.token = token;
  return s;
}

const at = () => `/v1/Services/${service.sid}/Environments/${environment.sid}`;

/** One kind of write again and again until the server is gone. What was acknowledged is remembered. */
const loads = {
  async variables(s, on) {
    for (let i = 0; on(); i++) {
      const key = `V${randomInt(100)}`, value = `${Date.now()}-${i}`;
      const known = values.get(key);
      const r = known
        ? await s.api('POST', `${at()}/Variables/${known.sid}`, { Value: value })
        : await s.api('POST', `${at()}/Variables`, { Key: key, Value: value });
      if (r.status === 201 || r.status === 200) {
        values.set(key, { sid: r.json().sid, value });
        tally.acknowledged++;
      } else if (r.status === 409) {
        // It was written just before an earlier end, and never acknowledged.
        const all = (await s.api('GET', `${at()}/Variables?PageSize=200`)).json().variables;
        const row = all.find((v) => v.key === key);
        if (row) values.set(key, { sid: row.sid, value: row.value });
      } else throw new Error(`variables: ${r.status} ${r.text}`);
    }
  },
  async keys(s, on) {
    while (on()) {
      const r = await s.api('POST', `/2010-04-01/Accounts/${account}/Keys.json`, { FriendlyName: 'k' });
      if (r.status !== 201) throw new Error(`keys: ${r.status} ${r.text}`);
      keys.add(r.json().sid);
      tally.acknowledged++;
    }
  },
  async deploys(s, on) {
    let base = (await s.api('GET', at())).json().build_sid;
    while (on()) {
      const n = ++version;
      const r = await s.own('POST', `${at().slice(4)}/Changes`, {
        base_build: base, put: [{ kind: 'function', path: '/version', visibility: 'public', content: source(n) }],
      });
      if (r.status !== 201) throw new Error(`deploys: ${r.status} ${r.text}`);
      base = r.json().build_sid;
      deployed = n;
      tally.acknowledged++;
    }
  },
};

async function load(s, ms) {
  let going = true, killing = false;
  const ended = [];
  const jobs = Object.values(loads).map((job) =>
    job(s, () => going).catch((e) => {
      // The server's end is what this is about; an answer that it gave is not.
      if (/ECONNRE|socket hang up|EPIPE/.test(e.message + (e.code || ''))) return;
      // A gateway that outlives its keeper by a moment says so.
      if (!(killing && /RK-514/.test(e.message))) ended.push(e);
    })
  );
  await new Promise((done) => setTimeout(done, ms));
  killing = true;
  const all = [s.child.pid, ...family(s.child.pid).map((p) => p.pid)];
  for (const pid of all) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended by itself
    }
  }
  going = false;
  await Promise.all(jobs);
  await s.ended;
  for (const e of ended) {
    tally.wrong++;
    console.log(`  an answer that should not be: ${e.message}`);
  }
}

async function look(s) {
  const variables = (await s.api('GET', `${at()}/Variables?PageSize=200`)).json().variables;
  for (const [key, { sid, value }] of values) {
    const row = variables.find((v) => v.sid === sid);
    // One write more than was acknowledged may be there.
    if (!row || (row.value !== value && Number(row.value.split('-')[0]) < Number(value.split('-')[0]))) {
      tally.lost++;
      console.log(`  lost: ${key} should be ${value}, is ${row?.value}`);
    } else values.set(key, { sid, value: row.value });
  }
  const there = new Set();
  for (let next = `/2010-04-01/Accounts/${account}/Keys.json?PageSize=1000`; next; ) {
    const page = (await s.api('GET', next)).json();
    page.keys.forEach((k) => there.add(k.sid));
    next = page.next_page_uri;
  }
  for (const sid of keys)
    if (!there.has(sid)) {
      tally.lost++;
      console.log(`  lost: key ${sid}`);
    }
  if (!deployed) return;
  const now = (await s.api('GET', at())).json();
  const build = await s.api('GET', `/v1/Services/${service.sid}/Builds/${now.build_sid}`);
  if (build.status !== 200 || build.json().status !== 'completed' || build.json().function_versions.length !== 1) {
    tally.half++;
    console.log(`  half a deployment: ${build.status} ${build.text}`);
  }
  const answer = await send(s.port, '/version', { host: now.domain_name });
  const n = Number(/^version (\d+)$/.exec(answer.text)?.[1]);
  if (!(n >= deployed)) {
    tally.lost++;
    console.log(`  lost: version ${deployed} was live, ${answer.status} ${answer.text} is`);
  }
  if (n) deployed = n;
}

for (let i = 1; i <= cycles; i++) {
  const began = performance.now();
  const s = await start();
  const up = (await send(s.adminPort, '/roomkey/v1/Status')).status === 200;
  if (i > 1) restarts.push(performance.now() - began);
  if (!up) tally.wrong++;
  await look(s);
  await load(s, randomInt(20, 400));
  if (i % 50 === 0) console.log(`  ${i} cycles: ${JSON.stringify(tally)}`);
}
const last = await start();
await look(last);
const honest = { ...tally };
// The control: a row that goes behind our back must be missed.
const [gone] = values.values();
await last.api('DELETE', `${at()}/Variables/${gone.sid}`);
await look(last);
const control = tally.lost - honest.lost;
Object.assign(tally, honest);
console.log(`  control, a row removed unseen: ${control} missed (must be 1)`);
await last.stop();
rmSync(dir, { recursive: true, force: true });
restarts.sort((a, b) => a - b);
const of = (q) => restarts[Math.min(restarts.length - 1, Math.floor(q * restarts.length))]?.toFixed(0);
console.log(`  ${cycles} ends by SIGKILL; acknowledged writes ${tally.acknowledged}, lost ${tally.lost}, half deployments ${tally.half}, answers that should not be ${tally.wrong}`);
console.log(`  restart to first answer: median ${of(0.5)} ms, 95 % ${of(0.95)} ms, most ${of(1)} ms`);
const failed = tally.lost + tally.half + tally.wrong + (tally.acknowledged < cycles ? 1 : 0) + (control === 1 ? 0 : 1);
console.log(`${failed ? 0 : 1} passed, ${failed ? 1 : 0} failed`);
process.exit(failed ? 1 : 0);
