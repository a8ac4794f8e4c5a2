// `roomkey serve` up to the moment when it becomes super: a script in super's place says what it was given.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { roomkey, root } from './harness.mjs';

const scratch = mkdtempSync(path.join(tmpdir(), 'roomkey-serve-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const data = path.join(scratch, 'data');
for (const d of ['bin', 'libexec/roomkey', 'data']) mkdirSync(path.join(scratch, d), { recursive: true });
const moved = path.join(scratch, 'bin/roomkey');
copyFileSync(roomkey, moved);
for (const name of ['super', 'store']) {
  writeFileSync(path.join(scratch, 'libexec/roomkey', name), '#!/bin/sh\nprintf "%s\\n" "$0" "$@"\n');
  chmodSync(path.join(scratch, 'libexec/roomkey', name), 0o755);
}

function run(args, env = {}) {
  const sanitizers = Object.entries(process.env).filter(([k]) => /^(A|UB|L)SAN_OPTIONS$/.test(k));
  const r = spawnSync(moved, args, { encoding: 'utf8', cwd: scratch, env: { ...Object.fromEntries(sanitizers), ...env } });
  return { status: r.status, out: r.stdout, err: r.stderr };
}

test('becomes super with every setting as a flag, and DIR last', () => {
  writeFileSync(path.join(data, 'roomkey.conf'), 'port = 4000\nlog-days = 7\n');
  const r = run(['serve', data, '--admin-port=0', '--no-logs'], { ROOMKEY_LOG_DAYS: '8' });
  const words = r.out.trim().split('\n');
  assert.equal(r.status, 0, r.err);
  assert.equal(words[1], 'serve');
  assert.deepEqual(words.slice(-2), ['--', data]);
  for (const want of ['--port=4000', '--log-days=8', '--admin-port=0', '--logs=off', '--host=127.0.0.1']) assert.ok(words.includes(want), want);
  assert.ok(!words.some((w) => w.startsWith('--env=') || w.startsWith('--command=')));
});

test('-n says where each problem is, and starts nothing', () => {
  const conf = path.join(scratch, 'bad.conf');
  writeFileSync(conf, 'port = 1\nlog-days = none\n\nprot = 1\n');
  for (const flag of ['-n', '--check']) {
    const r = run(['serve', flag, '--config', conf], { ROOMKEY_SLOTS: '0' });
    assert.equal(r.status, 1);
    assert.equal(r.out, '');
    assert.match(r.err, new RegExp(`RK-021: ${conf}:2: .*number`));
    assert.match(r.err, new RegExp(`RK-823: ${conf}:4: There is no setting prot\\.\n {2}The nearest is port\\.`));
    assert.match(r.err, /RK-021: ROOMKEY_SLOTS: /);
  }
  assert.equal(run(['serve', '--config', conf]).status, 1);
  const good = run(['serve', '-n', data]);
  assert.equal(good.status, 0);
  assert.match(good.err, /the settings are fine/);
  assert.equal(good.out, '');
});

test('--print-config names every source, as a file of settings and as JSON', () => {
  const r = run(['serve', data, '--print-config', '--port', '5'], { ROOMKEY_MASTER_KEY: 'only-for-tests' });
  assert.match(r.out, /^port = 5 +; --port$/m);
  assert.match(r.out, new RegExp(`^log-days = 7 +; ${data}/roomkey\\.conf:2$`, 'm'));
  assert.ok(!r.out.includes('only-for-tests'));
  const json = JSON.parse(run(['serve', data, '--print-config', '--json']).out);
  assert.deepEqual(json['log-days'], { value: '7', source: `${data}/roomkey.conf:2` });
  // What it prints it reads again.
  const again = path.join(scratch, 'again.conf');
  writeFileSync(again, r.out);
  assert.match(run(['serve', '--print-config', '--config', again]).out, new RegExp(`^log-days = 7 +; ${again}:\\d+$`, 'm'));
});

test('mistakes of the command line end with 2', () => {
  for (const args of [['--prot', '1'], ['--config'], ['a', 'b'], ['--port', 'x'], ['-x']]) {
    const r = run(['serve', ...args]);
    assert.equal(r.status, 2, args.join(' '));
    assert.match(r.err, /^error RK-\d{3}: /);
  }
  assert.equal(run(['serve', '--config', '/nonexistent']).status, 1);
});

test('help lists the settings of serve, and none of dev', () => {
  const r = run(['serve', '--help']);
  for (const flag of ['--config', '--admin-port', '--base-domain', '--print-config']) assert.ok(r.out.includes(flag), flag);
  assert.ok(!r.out.includes('--functions-folder'));
  assert.ok(run(['dev', '--help']).out.includes('--functions-folder'));
});

test('rekey hands its words to the program store', () => {
  const words = run(['rekey', 'data', '--new-key-file', 'k']).out.trim().split('\n');
  assert.deepEqual(words.slice(1), ['rekey', '--new-key-file', 'k', 'data']);
  assert.equal(run(['rekey']).status, 2);
});

test('the example of roomkey.conf is read without a word, and has every setting', () => {
  const example = path.join(root, 'packaging/roomkey.conf');
  const r = run(['serve', '-n', '--config', example]);
  assert.equal(r.status, 0, r.err);
  const text = readFileSync(example, 'utf8');
  for (const name of Object.keys(JSON.parse(run(['serve', '--print-config', '--json']).out))) assert.match(text, new RegExp(`^;?${name} *=`, 'm'));
});
