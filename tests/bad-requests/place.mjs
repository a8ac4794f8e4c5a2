// The project that the rows are sent to: functions at the paths they use, and things that must never be served.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { project, put } from '../integration/harness.mjs';
import { TOKEN } from './ours.mjs';
import { bytesOf } from './wire.mjs';

// Says which path it was called at, and whether an earlier body reached Object.prototype.
const FUNCTION = `exports.handler = function (context, event, callback) {
  const response = new Twilio.Response();
  response.appendHeader('X-H', encodeURI(context.PATH));
  if ({}.polluted !== undefined || [].polluted !== undefined) response.appendHeader('X-Polluted', 'yes');
  response.setBody('handled');
  callback(null, response);
};
`;
const MARK = 'PRIVATE-MARKER\n';
const NO_FUNCTION = /^\/(nope|protected|hidden|assets|etc|proc|functions|v1)(\/|$)/i;

/** Paths that rows of the layers http and function ask for, so that a request let through is seen to be. */
function paths(rows) {
  const found = new Set(['/fn', '/SMUGGLED']);
  for (const row of rows.filter((r) => r.layer !== 'url' && r.layer !== 'visibility'))
    for (const [, target] of bytesOf(row).toString('latin1').matchAll(/[A-Z]{3,} ((?:\/[\w-]+)+)(?:\?\S*|#\S*)? HTTP/g))
      if (!NO_FUNCTION.test(target)) found.add(target);
  return found;
}

function files(rows) {
  const all = {
    '.env': `AUTH_TOKEN=${TOKEN}\nMARK=${MARK}`,
    'package.json': JSON.stringify({ name: 'bad-requests', description: MARK.trim() }),
    '.git/config': MARK,
    '.htpasswd': MARK,
    'functions/protected.protected.js': FUNCTION,
    'functions/hidden.private.js': FUNCTION,
    'assets/a.txt': 'a public asset\n',
    'assets/secret.private.txt': MARK,
    'assets/.env': MARK,
    'assets/.htpasswd': MARK,
    'assets/assets/index.html': '<!DOCTYPE html><title>index</title>\n',
    'assets/assets/a.txt': 'a public asset\n'.repeat(100),
    'assets/assets/swap.txt': 'to be swapped\n',
    'assets/assets/secret.private.txt': MARK,
    'assets/assets/guarded.protected.txt': MARK,
    'assets/assets/.env': MARK,
  };
  for (const p of paths(rows)) all[`functions${p}.js`] = FUNCTION;
  return all;
}

/** Symbolic links that lead out, and files that are none. */
function traps(dir, outside) {
  const link = (name, to) => symlinkSync(to, path.join(dir, name));
  link('assets/assets/passwd.txt', '/etc/passwd');
  link('assets/assets/outside', outside);
  link('assets/assets/outside.txt', path.join(outside, 'outside.txt'));
  link('assets/assets/zero.bin', '/dev/zero');
  link('functions/outside.js', path.join(outside, 'outside.js'));
  link('functions/outdir', outside);
  execFileSync('mkfifo', [path.join(dir, 'assets/assets/fifo.txt')]);
}

/** { dir, swap, done }: done() removes all of it. */
export function place(rows) {
  const outside = mkdtempSync(path.join(tmpdir(), 'roomkey-outside-'));
  put(outside, 'outside.txt', MARK);
  put(outside, 'outside.js', `exports.handler = (context, event, callback) => callback(null, '${MARK.trim()}');\n`);
  const dir = project(files(rows));
  traps(dir, outside);
  return {
    dir,
    /** An asset that was public and harmless becomes a link to something that is neither. */
    swap() {
      const file = path.join(dir, 'assets/assets/swap.txt');
      rmSync(file);
      symlinkSync(path.join(outside, 'outside.txt'), file);
    },
    done() {
      for (const d of [dir, outside]) rmSync(d, { recursive: true, force: true });
    },
  };
}

/** The bytes of a row. Those written for another server ask for "/", where a project has no function, and get /fn. */
export function aimed(row) {
  const bytes = bytesOf(row);
  const line = row.layer !== 'visibility' && /^([A-Z]+) \/ HTTP/.exec(bytes.subarray(0, 64).toString('latin1'));
  if (!line) return bytes;
  const cut = line[1].length + 2;
  return Buffer.concat([bytes.subarray(0, cut), Buffer.from('fn'), bytes.subarray(cut)]);
}
