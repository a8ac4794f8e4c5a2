// What super itself refuses before it starts anybody.
import assert from 'node:assert';
import { spawnSync } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { build } from './harness.mjs';

const program = path.join(build, 'src/super/super');

/** `super ARGS`; it must end by itself. */
function refused(...args) {
  const r = spawnSync(program, args, { encoding: 'utf8', timeout: 5000 });
  assert.equal(r.signal, null);
  assert.notEqual(r.status, 0);
  return r;
}

async function withPort(run) {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  try {
    await run(String(server.address().port));
  } finally {
    server.close();
  }
}

test('a console port that is taken is named with its own flag', () =>
  withPort((port) => {
    const r = refused('serve', '/nowhere', '--port', '0', '--admin-port', port);
    assert.equal(r.status, 1);
    assert.match(r.stderr, new RegExp(`^RK-301: Port ${port} on 127\\.0\\.0\\.1 is in use by another program`));
    assert.match(r.stderr, /--admin-port N/);
  }));

test('a functions port that is taken is named with its flag', () =>
  withPort((port) => {
    const r = refused('serve', '/nowhere', '--port', port, '--admin-port', '0');
    assert.match(r.stderr, /^RK-301: .*\n.* --port N/);
  }));

test('one port for both is refused as such', async () => {
  let free;

  await withPort((port) => (free = port));
  const r = refused('serve', '/nowhere', '--port', free, '--admin-port', free);
  assert.match(r.stderr, /^RK-304: /);
  assert.match(r.stderr, /--admin-port N/);
});

test('an address that is no address of this machine is named with its flag', () => {
  const r = refused('serve', '/nowhere', '--port', '0', '--admin-port', '0', '--admin-host', '192.0.2.1');
  assert.match(r.stderr, /^RK-302: .*192\.0\.2\.1/);
  assert.match(r.stderr, /--admin-host/);
});

test('settings of the other command are unknown', () => {
  assert.equal(refused('dev', '/nowhere', '--admin-port', '0').status, 2);
  assert.equal(refused('serve', '/nowhere', '--env', 'x').status, 2);
  assert.equal(refused('sell').status, 2);
  assert.equal(refused().status, 2);
});
