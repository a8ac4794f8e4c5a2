// A project as the vendor's own scaffolder makes it serves its functions and assets, unchanged.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { dev, root, slow } from './harness.mjs';

const scaffolder = path.join(root, 'tests/scaffolder');
const ACCOUNT = 'AC00000000000000000000000000000001';
const TOKEN = '0123456789abcdef'.repeat(2);

// Runs the scaffolder's main function. Only its two steps that need the network do nothing here:
// it downloads a .gitignore, and runs `npm install` in the new project. Nor does its farewell, which
// asks for the size of a terminal.
const SCRIPT = `
const path = require('node:path');
const home = path.dirname(require.resolve('create-twilio-function/package.json'));
const skip = (name, does) => {
  const file = require.resolve(path.join(home, 'src/create-twilio-function', name));
  require.cache[file] = { id: file, filename: file, loaded: true, exports: does };
};
skip('create-gitignore', async () => {});
skip('install-dependencies', { installDependencies: async () => '' });
skip('success-message', async () => 'made');
const [name, accountSid, authToken] = process.argv.slice(1);
require(home)({ path: process.cwd(), name, accountSid, authToken, skipCredentials: true });
`;

const scratch = mkdtempSync(path.join(tmpdir(), 'roomkey-scaffold-'));
const home = path.join(scratch, 'my-project');
const text = (name) => readFileSync(path.join(home, name), 'utf8');
const xml = (inside) => `<?xml version="1.0" encoding="UTF-8"?><Response>${inside}</Response>`;
let s;

before(async () => {
  const node = ['-e', SCRIPT, 'my-project', ACCOUNT, TOKEN];
  const env = { ...process.env, NODE_PATH: path.join(scaffolder, 'node_modules') };
  const made = spawnSync(process.execPath, node, { cwd: scratch, env, encoding: 'utf8', timeout: 30000 * slow });
  assert.ok(made.status === 0 && existsSync(home), `the scaffolder did not do its work\n${made.stdout}${made.stderr}`);
  s = await dev(home);
});
after(async () => {
  await s?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** X-Twilio-Signature of a form POST: the URL, then every field in the order of the names. */
function signature(url, fields, token = TOKEN) {
  const signed = Object.keys(fields).sort().reduce((all, k) => all + k + fields[k], url);
  return createHmac('sha1', token).update(signed, 'utf8').digest('base64');
}

const sms = { Body: 'Hi there, é', From: '+15005550006', To: '+15005550001' };
const reply = (headers) =>
  s.request('/sms/reply', {
    method: 'POST',
    body: new URLSearchParams(sms).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  });
const here = () => `http://127.0.0.1:${s.port}/sms/reply`;

async function isTwiml(r, inside) {
  assert.equal(r.status, 200, r.text);
  assert.equal(r.headers['content-type'], 'text/xml; charset=utf-8');
  assert.equal(r.text, xml(inside));
}

test('the panel names its functions and nothing secret', () => {
  for (const p of ['/hello-world', '/private-message', '/sms/reply']) assert.ok(s.out.includes(p), `${p} is not in\n${s.out}`);
  assert.ok(!(s.out + s.err).includes(TOKEN));
});

test('hello-world speaks', async () => isTwiml(await s.request('/hello-world'), '<Say>Hello World!</Say>'));

test('private-message requires its private asset', async () => isTwiml(await s.request('/private-message'), '<Message>This is private!</Message>'));

test('sms/reply answers whoever signs with the token', async () =>
  isTwiml(await reply({ 'X-Twilio-Signature': signature(here(), sms) }), '<Message>Hello World!</Message>'));

test('sms/reply refuses everybody else', async () => {
  const wrong = [
    {},
    { 'X-Twilio-Signature': '' },
    { 'X-Twilio-Signature': signature(here(), sms, TOKEN.replace('0', '1')) },
    { 'X-Twilio-Signature': signature(here(), { ...sms, Body: 'other' }) },
    { 'X-Twilio-Signature': signature(`${here()}?a=1`, sms) },
  ];
  for (const headers of wrong) assert.equal((await reply(headers)).status, 403, JSON.stringify(headers));
});

test('its public assets are served as they are', async () => {
  for (const [name, type] of [['index.html', 'text/html'], ['style.css', 'text/css']]) {
    const r = await s.request(`/${name}`);
    assert.equal(r.status, 200, `/${name}: ${r.text.slice(0, 200)}`);
    assert.equal(r.headers['content-type'].toLowerCase(), `${type}; charset=utf-8`);
    assert.equal(r.text, text(`assets/${name}`));
  }
});

test('its private asset and what lies beside its folders are not', async () => {
  for (const target of ['/message.js', '/message.private.js', '/.env', '/package.json', '/.twilioserverlessrc', '/.nvmrc', '/functions/hello-world.js']) {
    const r = await s.request(target);
    assert.ok([403, 404].includes(r.status), `${target}: ${r.status}`);
    assert.ok(!r.text.includes(TOKEN) && !r.text.includes('This is private'), target);
  }
});
