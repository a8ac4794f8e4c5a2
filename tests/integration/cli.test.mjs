// The command `roomkey` from outside: what it prints where, and how it ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { roomkey, root } from './harness.mjs';

const ACCOUNT = 'AC' + '0'.repeat(31) + '1';
const KEY = 'SK' + '0'.repeat(31) + '2';
const SECRET = 'only-for-tests-0123456789abcdefg';
const DONE = 0;
const REFUSED = 1;
const USAGE = 2;
const UNREACHABLE = 3;

const scratch = mkdtempSync(path.join(tmpdir(), 'roomkey-cli-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const file = (name, text) => {
  writeFileSync(path.join(scratch, name), text);
  return path.join(scratch, name);
};
const envFile = file('.env', `ACCOUNT_SID=${ACCOUNT}\nAPI_KEY=${KEY}\nAPI_SECRET=${SECRET}\n`);
const sids = ['--account-sid', ACCOUNT, '--key-sid', KEY];

/** Runs roomkey; env is the whole environment. No run may ever show the secret. */
function run(args, { input = '', env = {} } = {}) {
  const sanitizers = Object.entries(process.env).filter(([k]) => /^(A|UB|L)SAN_OPTIONS$/.test(k));
  const options = { input, encoding: 'utf8', env: { ...Object.fromEntries(sanitizers), ...env } };
  const { status, stdout, stderr } = spawnSync(roomkey, args, options);
  assert.ok(!(stdout + stderr).includes(SECRET), 'the secret was shown');
  return { status, out: stdout, err: stderr };
}

/** Runs it, demands the exit status, and that words and data went where they belong. */
function ends(status, args, options) {
  const r = run(args, options);
  assert.equal(r.status, status, `${args.join(' ')}\n${r.out}${r.err}`);
  if (status === USAGE || status === UNREACHABLE) assert.equal(r.out, '', 'a mistake gives no data');
  if (status !== DONE && !r.out) assert.match(r.err, /^error RK-\d{3}: /m);
  return r;
}

const decode = (jwt) => {
  const [h, p, s] = jwt.trim().split('.');
  const json = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return { header: json(h), payload: json(p), signed: `${h}.${p}`, signature: s };
};
const mint = (...flags) => ends(DONE, ['token', 'create', '--env-file', envFile, ...flags]).out.trim();
const create = (...flags) => ['token', 'create', '--env-file', envFile, ...flags];

// ---- help, version, mistakes ----------------------------------------------------------------

test('help goes to standard output, and every verb has its own', () => {
  const all = ends(DONE, ['--help']).out;
  for (const verb of ['dev', 'token create', 'token verify', 'token inspect']) {
    assert.ok(all.includes(verb));
    const asked = ends(DONE, [...verb.split(' '), '--help']);
    assert.ok(asked.out.startsWith(`usage: roomkey ${verb}`));
    assert.equal(asked.err, '');
    assert.equal(asked.out, ends(DONE, ['help', ...verb.split(' ')]).out);
  }
  assert.equal(all, ends(DONE, ['help']).out);
  assert.match(ends(DONE, ['help', 'token']).out, /token verify/);
  assert.equal(ends(DONE, ['token', '--help']).out, ends(DONE, ['help', 'token']).out);
});

test('the version is that of the build', () => {
  const version = /version: '([\d.]+)'/.exec(readFileSync(path.join(root, 'meson.build'), 'utf8'))[1];
  assert.equal(ends(DONE, ['--version']).out, `roomkey ${version}\n`);
  assert.deepEqual(JSON.parse(ends(DONE, ['--version', '--json']).out), { version });
});

test('every flag and exit status is in the manual page', () => {
  const page = ['roomkey.1', 'roomkey-serve.1'].map((name) => readFileSync(path.join(root, 'docs/man', name), 'utf8')).join('').replaceAll('\\-', '-');
  const verbs = [...ends(DONE, ['--help']).out.matchAll(/^ {2}([a-z]\S*) ([a-z]*) {2,}/gm)].map((m) => m.slice(1).filter((word) => word));
  assert.ok(verbs.length > 35, 'the help lists every verb');
  for (const verb of verbs)
    for (const [, flag] of ends(DONE, [...verb, '--help']).out.matchAll(/^ {2}(--[a-z-]+)/gm))
      assert.ok(page.includes(flag), `${verb.join(' ')} ${flag} is not in roomkey.1`);
  for (const [, code] of readFileSync(path.join(root, 'src/cli/say.h'), 'utf8').matchAll(/"(RK-8\d\d)"/g))
    assert.ok(page.includes(code), `${code} is not in roomkey.1`);
});

test('mistakes end with 2 and name what was probably meant', () => {
  const rows = [
    [[], 'RK-804', 'roomkey dev'],
    [['tokn'], 'RK-801', 'roomkey token?'],
    [['help', 'tokn'], 'RK-801', 'roomkey token?'],
    [['token'], 'RK-804', 'roomkey help'],
    [['token', 'crate'], 'RK-801', 'roomkey token create?'],
    [['--verison'], 'RK-801', '--help'],
    [['--version', '--yaml'], 'RK-801', '--json'],
    [['dev', '--prot', '3000'], 'RK-020', '--port'],
    [['dev', '--port', 'x'], 'RK-021', '65535'],
    [['dev', '--port'], 'RK-022', '--port'],
    [['dev', 'a', 'b'], 'RK-022', 'one folder'],
    [create('--vidoe'), 'RK-801', '--video?'],
    [create('--identity'), 'RK-802', '--identity'],
    [create('--identity', '--json'), 'RK-802', '='],
    [create('--json=yes'), 'RK-802', '--json'],
    [create('--ttl', 'soon'), 'RK-802', '--ttl'],
    [create('--nbf', 'inf'), 'RK-802', '--nbf'],
    [create('--token-lint', 'maybe'), 'RK-802', 'refuse, warn or off'],
    [create('--algorithm', 'none'), 'RK-802', 'HS256'],
    [create('--algorithm', 'hs256'), 'RK-802', 'HS256'],
    [create('--video', 'daily'), 'RK-801', '--video=ROOM'],
    [create('--grant', 'player={'), 'RK-807', 'JSON'],
    [create('--grant', 'identity="eve"'), 'RK-807', '--identity'],
    [create('--voice-params', '{}'), 'RK-804', '--voice-outgoing'],
    [create('-i', 'alice'), 'RK-801', 'two dashes'],
    [create('--secret-file', envFile, '--secret-stdin'), 'RK-802', 'one of them'],
    [['token', 'create', ...sids], 'RK-804', '--secret-file'],
    [['token', 'create'], 'RK-804', '--account-sid'],
    [['token', 'inspect'], 'RK-804', '--token-file'],
    [['token', 'inspect', 'a.b.c', 'd.e.f'], 'RK-802', 'no place for d.e.f'],
    [['token', 'inspect', '-', '--token-file', envFile], 'RK-802', 'one of them'],
    [['token', 'verify', 'a.b.c'], 'RK-804', 'token inspect'],
    [['token', 'verify', '-', '--secret-stdin'], 'RK-802', 'Standard input'],
    [['token', 'verify', 'a.b.c', '--env-file', envFile, '--leeway', '301'], 'RK-802', '300'],
  ];
  for (const [args, code, words] of rows) {
    const { err } = ends(USAGE, args);
    assert.ok(err.includes(code) && err.includes(words), `${args.join(' ')}: ${err}`);
  }
});

test('a secret is never taken as an argument, and never shown', () => {
  for (const verb of [create(), ['token', 'verify', 'a.b.c'], ['token', 'inspect', 'a.b.c']])
    for (const flag of [['--secret', SECRET], [`--secret=${SECRET}`], ['--secret']]) {
      const { err } = ends(USAGE, [...verb, ...flag]);
      assert.match(err, /RK-803[^]*--secret-file FILE, --secret-stdin/);
    }
});

test('a command whose programs are not installed ends with 3', (t) => {
  if (existsSync('/usr/local/libexec/roomkey/super')) return t.skip('an installed super would be found');
  const lonely = path.join(scratch, 'roomkey');
  copyFileSync(roomkey, lonely);
  const { status, stderr } = spawnSync(lonely, ['dev', scratch, '--port', '0'], { encoding: 'utf8' });
  assert.equal(status, UNREACHABLE);
  assert.match(stderr, /RK-806/);
});

test('colour only on a terminal that wants it', () => {
  const onTerminal = (env) => {
    const args = ['-qec', `'${roomkey}' token create`, '/dev/null'];
    return spawnSync('script', args, { encoding: 'utf8', env: { PATH: process.env.PATH, TERM: 'xterm', ...env } }).stdout;
  };
  assert.match(onTerminal({}), /\x1b\[31merror\x1b\[0m RK-804/);
  assert.doesNotMatch(onTerminal({ NO_COLOR: '1' }), /\x1b/);
  assert.doesNotMatch(onTerminal({ TERM: 'dumb' }), /\x1b/);
  assert.doesNotMatch(run(['token', 'create'], { env: { TERM: 'xterm' } }).err, /\x1b/);
});

// ---- token create ---------------------------------------------------------------------------

test('create prints the token alone, signed with the secret', () => {
  const r = ends(DONE, create('--identity', 'alice', '--video=daily'));
  assert.match(r.out, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  assert.equal(r.err, '');
  const { header, payload, signed, signature } = decode(r.out);
  assert.equal(createHmac('sha256', SECRET).update(signed).digest('base64url'), signature);
  assert.deepEqual(header, { alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1' });
  assert.deepEqual(payload.grants, { identity: 'alice', video: { room: 'daily' } });
  assert.equal(payload.exp - payload.iat, 3600);
  assert.equal(payload.iss, KEY);
  assert.equal(payload.sub, ACCOUNT);
});

test('create takes the secret from each of its places', () => {
  const places = [
    [['--env-file', envFile], {}],
    [[...sids, '--secret-file', file('secret', SECRET + '\n')], {}],
    [[...sids, '--secret-stdin'], { input: SECRET + '\n' }],
    [[...sids, '--secret-file', '-'], { input: SECRET }],
    [sids, { env: { API_SECRET: SECRET } }],
    [[], { env: { ACCOUNT_SID: ACCOUNT, API_KEY: KEY, API_SECRET: SECRET } }],
  ];
  for (const [flags, options] of places) {
    const { signed, signature } = decode(ends(DONE, ['token', 'create', '--identity', 'a', '--video=r', ...flags], options).out);
    assert.equal(createHmac('sha256', SECRET).update(signed).digest('base64url'), signature, flags.join(' '));
  }
});

test('create writes every grant, in the order of the manual', () => {
  const jwt = mint('--video=daily', '--chat', 'IS' + 'a'.repeat(32), '--sync', 'default', '--voice-outgoing',
    'AP' + 'b'.repeat(32), '--voice-incoming', '--voice-params', '{ "to": "bob" }', '--task-router', 'WS' + 'c'.repeat(32),
    '--task-router-worker', 'WK' + 'd'.repeat(32), '--task-router-role', 'worker', '--grant', 'player={"x": [1, "=é"]}');
  assert.equal(JSON.stringify(decode(jwt).payload.grants), JSON.stringify({
    video: { room: 'daily' },
    chat: { service_sid: 'IS' + 'a'.repeat(32) },
    data_sync: { service_sid: 'default' },
    voice: { incoming: { allow: true }, outgoing: { application_sid: 'AP' + 'b'.repeat(32), params: { to: 'bob' } } },
    task_router: { workspace_sid: 'WS' + 'c'.repeat(32), worker_sid: 'WK' + 'd'.repeat(32), role: 'worker' },
    player: { x: [1, '=é'] },
  }));
});

test('create obeys ttl, nbf, region and algorithm', () => {
  const { header, payload, signed, signature } = decode(
    mint('--video=r', '--ttl', '90m', '--nbf', '1700000000.5', '--region', 'ie1', '--algorithm', 'HS512'));
  assert.equal(payload.exp - payload.iat, 5400);
  assert.equal(payload.nbf, 1700000000.5);
  assert.equal(header.twr, 'ie1');
  assert.equal(createHmac('sha512', SECRET).update(signed).digest('base64url'), signature);
});

test('create --json gives token, expires_at, identity, grants and warnings', () => {
  const r = ends(DONE, create('--identity', 'alice', '--video', '--json'));
  const data = JSON.parse(r.out);
  assert.deepEqual(Object.keys(data), ['token', 'expires_at', 'identity', 'grants', 'warnings']);
  const { payload } = decode(data.token);
  assert.equal(Date.parse(data.expires_at) / 1000, payload.exp);
  assert.equal(data.identity, 'alice');
  assert.deepEqual(data.grants, { video: {} });
  assert.equal(data.warnings.length, 1);
  assert.match(r.err, new RegExp(`^warning ${data.warnings[0].code}: `));
  assert.equal(JSON.parse(ends(DONE, create('--video=r', '--json')).out).identity, null);
});

test('create refuses what the vendor would reject, and the level is a setting', () => {
  const long = create('--identity', 'a', '--video=r', '--ttl', '2d');
  const refused = ends(REFUSED, long);
  assert.equal(refused.out, '');
  const code = /^error (RK-\d+): /.exec(refused.err)[1];
  const data = JSON.parse(ends(REFUSED, [...long, '--json']).out);
  assert.equal(data.token, null);
  assert.equal(data.findings[0].code, code);
  assert.match(ends(DONE, [...long, '--token-lint', 'warn']).err, new RegExp(`^warning ${code}: `));
  assert.equal(ends(DONE, [...long, '--token-lint', 'off']).err, '');
  ends(REFUSED, create('--ttl', '0'));
  ends(REFUSED, create('--ttl', '-5'));
  ends(REFUSED, create('--account-sid', KEY, '--key-sid', ACCOUNT));
  ends(REFUSED, create('--account-sid', ''));
  ends(REFUSED, ['token', 'create', ...sids, '--secret-stdin'], { input: SECRET + '\n\n' });
});

test("the tutorial's account SID as key still mints, and says what the vendor will answer", () => {
  const r = ends(DONE, create('--key-sid', ACCOUNT, '--video=r'));
  assert.match(r.out, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  assert.match(r.err, /^warning RK-\d+: .*20103/m);
});

test('create says which file it cannot read', () => {
  for (const flag of ['--env-file', '--secret-file']) {
    const { err, out } = ends(REFUSED, ['token', 'create', ...sids, flag, 'no/such/file', '--json']);
    assert.match(err, /RK-805: no\/such\/file/);
    assert.equal(JSON.parse(out).error.code, 'RK-805');
  }
});

test('what a terminal would obey is escaped in words', () => {
  const { err } = ends(USAGE, ['token', 'create', '--\x1b[2Jx']);
  assert.doesNotMatch(err, /\x1b/);
});

// ---- token verify, token inspect --------------------------------------------------------------

test('verify accepts a token by argument, file and standard input', () => {
  const jwt = mint('--identity', 'alice', '--video=daily');
  for (const [args, input] of [[[jwt]], [['-'], jwt + '\n'], [['--token-file', file('token', `\n ${jwt}\n`)]]])
    assert.match(ends(DONE, ['token', 'verify', ...args, '--env-file', envFile], { input }).out, /^valid\n/);
  const data = JSON.parse(ends(DONE, ['token', 'verify', jwt, '--env-file', envFile, '--json']).out);
  assert.equal(data.valid, true);
  assert.equal(data.claims.identity, 'alice');
  assert.deepEqual(data.claims.grants, { video: { room: 'daily' } });
});

test('verify says why not, with our code and the error of the vendor', () => {
  const jwt = mint('--identity', 'alice', '--video=daily');
  const [h, p, s] = jwt.split('.');
  const forged = `${h}.${Buffer.from(Buffer.from(p, 'base64url').toString().replace('alice', 'eve')).toString('base64url')}.${s}`;
  const none = `${Buffer.from('{"alg":"none","typ":"JWT","cty":"twilio-fpa;v=1"}').toString('base64url')}.${p}.`;
  const rows = [
    [forged, [], 'SIGNATURE'],
    [jwt, ['--secret-file', file('other', 'another secret')], 'SIGNATURE'],
    [jwt, ['--algorithm', 'HS512'], 'SIGNATURE'],
    [mint('--video=r', '--ttl', '-1', '--token-lint', 'off'), [], 'EXPIRED'],
    [mint('--video=r', '--nbf', '9999999999'), [], 'NOT_YET'],
    [mint('--video=r', '--ttl', '2d', '--token-lint', 'off'), [], 'REFUSED'],
    [jwt, ['--key-sid', 'SK' + 'f'.repeat(32)], 'DENIED'],
  ];
  for (const [token, flags, verdict] of rows) {
    const args = ['token', 'verify', token, '--env-file', envFile, ...flags];
    assert.match(ends(REFUSED, args).out, /^not valid \(RK-\d+\): /);
    const data = JSON.parse(ends(REFUSED, [...args, '--json']).out);
    assert.equal(data.valid, false);
    assert.equal(data.verdict, verdict);
    assert.match(data.code, /^RK-\d+$/);
    assert.equal(data.claims, null, 'nothing that is not vouched for is repeated');
    // The vendor binds neither the algorithm nor a key of ours: those two rows are a refusal of ours alone.
    const ours = verdict === 'DENIED' || flags[0] === '--algorithm';
    assert.equal(data.vendor === null, ours, `${verdict} ${flags}: ${JSON.stringify(data.vendor)}`);
  }
  assert.equal(JSON.parse(ends(REFUSED, ['token', 'verify', none, '--env-file', envFile, '--json']).out).valid, false);
  ends(REFUSED, ['token', 'verify', 'rubbish', '--env-file', envFile]);
});

test('verify forgives a clock difference only when told to', () => {
  const jwt = mint('--video=r', '--ttl', '-10', '--token-lint', 'off');
  ends(REFUSED, ['token', 'verify', jwt, '--env-file', envFile]);
  ends(DONE, ['token', 'verify', jwt, '--env-file', envFile, '--leeway', '5m']);
});

test('inspect says in one sentence what a token opens', () => {
  const jwt = mint('--identity', 'alice', '--video=daily');
  const bare = ends(DONE, ['token', 'inspect', jwt]).out.split('\n')[0];
  assert.match(bare, /daily.*alice.*not checked/);
  const known = ends(DONE, ['token', 'inspect', jwt, '--env-file', envFile]).out.split('\n')[0];
  assert.match(known, /signature holds/);
  const data = JSON.parse(ends(DONE, ['token', 'inspect', jwt, '--secret-stdin', '--json'], { input: 'wrong' }).out);
  assert.equal(data.signature, 'differs');
  assert.equal(data.verdict, 'SIGNATURE');
  assert.equal(data.payload.grants.identity, 'alice');
  assert.equal(data.header.alg, 'HS256');
});

test('inspect reads what is no longer valid, and refuses what is no token', () => {
  const old = mint('--video=r', '--ttl', '-1', '--token-lint', 'off');
  assert.equal(JSON.parse(ends(DONE, ['token', 'inspect', old, '--json']).out).verdict, 'EXPIRED');
  for (const text of ['', 'rubbish', 'a.b.c', `${old}.x`, old.replace('.', '..'), 'x'.repeat(70000)]) {
    const { out } = ends(REFUSED, ['token', 'inspect', '-', '--json'], { input: text });
    assert.match(JSON.parse(out).error.code, /^RK-\d+$/);
  }
});

test('a hostile token does not reach the terminal', () => {
  const nasty = 'a\x1b[31m\x07\u009b2J\u007f';
  const jwt = mint('--identity', nasty, '--video=r');
  for (const args of [['inspect', jwt], ['verify', jwt, '--env-file', envFile]])
    assert.doesNotMatch(ends(DONE, ['token', ...args]).out, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
});
