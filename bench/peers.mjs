// Who is measured: one row each, a function from (port, scratch folder) to the command that serves.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');
export const ROOT = join(HERE, '..');
const MODULES = '/usr/lib/nginx/modules';
export const EXAMPLE = join(ROOT, 'examples/create-room-token');

export function nginx(port, scratch) {
  const home = join(scratch, `nginx-${port}`);
  mkdirSync(home, { recursive: true });
  const fill = { PORT: String(port), HOME: home, HERE: join(HERE, 'nginx'), MODULES };
  const template = readFileSync(join(HERE, 'nginx/nginx.conf.in'), 'utf8');
  const conf = template.replace(/@(PORT|HOME|HERE|MODULES)@/g, (_, name) => fill[name]);
  writeFileSync(join(home, 'nginx.conf'), conf);
  return ['/usr/sbin/nginx', '-e', 'stderr', '-p', home, '-c', join(home, 'nginx.conf')];
}

/** The peers, ours first; the second is the one that ratios are taken to. */
export function peers(build) {
  const ours = ['dev', EXAMPLE, '--workers', '1', '--gateways', '1', '--no-logs', '--port'];
  return [
    { name: 'roomkey', command: (port) => [join(build, 'src/cli/roomkey'), ...ours, String(port)] },
    { name: 'nginx+njs', command: nginx },
    { name: 'node by hand', command: (port) => [process.execPath, join(HERE, 'node/by-hand.mjs'), String(port)] },
    {
      name: 'fastify+twilio',
      command: (port) => [process.execPath, join(HERE, 'node/fastify-twilio.mjs'), String(port)],
    },
  ];
}

/** The example's own credentials: the same key and secret for everyone. */
export function credentials() {
  const text = readFileSync(join(EXAMPLE, '.env'), 'utf8');
  return Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map((m) => [m[1], m[2]]));
}
