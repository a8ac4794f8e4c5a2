// Deploys and rolls back once a second while requests come: none may fail, and none may answer with a version that was never live.
//   node tests/durability/deploys.mjs [SECONDS]      (5 when absent)
import http from 'node:http';
import { send, serve, sleep } from '../integration/platform.mjs';

const seconds = Number(process.argv[2] || 5);
const s = await serve(['--no-logs']);
await s.setUp();
const source = (n) => `exports.handler = (c, e, cb) => setTimeout(() => cb(null, 'version ${n}'), ${'Math.random() * 5'});`;
const d = await s.deploy('steady', { '/version': source(0) });
const at = `/v1/Services/${d.service.sid}/Environments/${d.environment.sid}`;
const builds = [d.base];
const count = { asked: 0, failed: 0 };
const took = { deploy: [], rollback: [] };
let going = true, order = 0, last = 0;

const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
async function client() {
  while (going) {
    const r = await d.call('/version', { agent }).catch((e) => ({ status: 0, text: e.message }));
    count.asked++;
    const n = /^version (\d+)$/.exec(r.text)?.[1];
    if (r.status !== 200 || n === undefined || Number(n) > order) {
      count.failed++;
      if (count.failed < 10) console.log(`  ${r.status} ${r.text}`);
    }
  }
}
const clients = Array.from({ length: 16 }, client);
for (let i = 1; i <= seconds; i++) {
  const began = performance.now();
  if (i % 2) {
    order = Math.max(order, i);
    const r = await d.change({ '/version': source(i) });
    if (r.status !== 201) throw new Error(`deploy: ${r.status} ${r.text}`);
    builds.push(d.base);
    took.deploy.push(performance.now() - began);
    last = i;
  } else {
    d.base = builds[builds.length - 2];
    const r = await s.api('POST', `${at}/Deployments`, { BuildSid: d.base });
    if (r.status !== 201) throw new Error(`rollback: ${r.status} ${r.text}`);
    took.rollback.push(performance.now() - began);
    const now = await d.call('/version');
    if (now.text === `version ${last}`) {
      count.failed++;
      console.log('  the rollback had answered, and the version before it still did');
    }
  }
  await sleep(Math.max(0, 1000 - (performance.now() - began)));
}
going = false;
await Promise.all(clients);
agent.destroy();
await s.stop();
const median = (v) => v.sort((a, b) => a - b)[Math.floor(v.length / 2)]?.toFixed(1);
console.log(`  ${seconds} s, a deploy or a rollback in each: ${count.asked} requests, ${count.failed} failed`);
console.log(`  until it was live: deploy median ${median(took.deploy)} ms, rollback median ${median(took.rollback)} ms (most ${Math.max(...took.rollback).toFixed(1)})`);
const ok = count.failed === 0 && count.asked > 100;
console.log(`${ok ? 1 : 0} passed, ${ok ? 0 : 1} failed`);
process.exit(ok ? 0 : 1);
