// The deploy client as a library, unmodified. It trusts the local authority through Node's own setting, so it runs in a process of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tutorial } from '../integration/harness.mjs';
import { send, serve } from '../integration/platform.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
let server;

before(async () => {
  server = await serve();
  await server.setUp();
});
after(() => server?.stop());

const script = `
import { TwilioServerlessApiClient } from '@twilio-labs/serverless-api';
const client = new TwilioServerlessApiClient({ username: process.env.SID, password: process.env.TOKEN, edge: process.env.EDGE });
const steps = [];
client.on('status-update', (s) => steps.push(s.status));
const config = {
  env: { API_KEY: 'SK00000000000000000000000000000002', API_SECRET: 'abcdefghijklmnopqrstuvwxyz012345' },
  pkgJson: { dependencies: {} }, serviceName: 'by-library', functionsEnv: 'dev', overrideExistingService: true, runtime: 'node22',
  functions: [{ name: 'token', path: '/token', access: 'public', content: process.env.SOURCE }],
  assets: [{ name: 'a.txt', path: '/a.txt', access: 'public', content: 'text of a' }],
};
const deployed = await client.deployProject(config);
const listed = await client.list({ serviceSid: deployed.serviceSid, environment: 'dev', types: ['environments', 'functions', 'assets', 'variables', 'builds'] });
const activated = await client.activateBuild({ serviceSid: deployed.serviceSid, buildSid: deployed.buildSid, targetEnvironment: 'stage', createEnvironment: true, env: {} });
console.log(JSON.stringify({ steps, deployed, listed, activated }));
`;

test('deployProject, list and activateBuild', async () => {
  const text = await new Promise((done, fail) =>
    execFile(process.execPath, ['--input-type=module', '-e', script], {
      cwd: here,
      env: { PATH: process.env.PATH, SID: server.account, TOKEN: server.token, EDGE: `@127.0.0.1:${server.adminPort}/x`, NODE_EXTRA_CA_CERTS: server.ca, SOURCE: tutorial },
      timeout: 60000,
    }, (error, out, err) => (error ? fail(new Error(err + out)) : done(out))));
  const { deployed, listed, activated } = JSON.parse(text);
  assert.equal(deployed.functionResources.length, 1);
  assert.equal(listed.functions.entries.length, 1);
  assert.equal(listed.assets.entries[0].path, '/a.txt');
  assert.deepEqual(listed.variables.entries.map((v) => v.key).sort(), ['API_KEY', 'API_SECRET']);
  assert.equal((await send(server.port, '/a.txt', { host: deployed.domain })).text, 'text of a');
  const token = await send(server.port, '/token?identity=bob', { host: deployed.domain });
  assert.equal(token.status, 200, token.text);
  assert.match(activated.domain, /-stage\./);
  assert.equal((await send(server.port, '/a.txt', { host: activated.domain })).text, 'text of a');
});
