// The helper library, unmodified: its documented httpClient option is all that points it here.
import assert from 'node:assert/strict';
import path from 'node:path';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { caOf, serve } from '../integration/platform.mjs';

const require = createRequire(import.meta.url);
const twilio = require('twilio');
let server, client;

/** Every product's host is the one server. */
class Local extends twilio.RequestClient {
  constructor(port, ca) {
    super({ ca });
    this.port = port;
  }
  request(options) {
    const url = new URL(options.uri);
    return super.request({ ...options, uri: `https://127.0.0.1:${this.port}${url.pathname}${url.search}` });
  }
}

before(async () => {
  server = await serve();
  await server.setUp();
  client = twilio(server.account, server.token, { httpClient: new Local(server.adminPort, caOf(server)) });
});
after(() => server?.stop());

test('newKeys.create gives the secret once; keys list, fetch, update, remove', async () => {
  const made = await client.newKeys.create({ friendlyName: 'first' });
  assert.match(made.sid, /^SK[0-9a-f]{32}$/);
  assert.ok(made.secret.length >= 32);
  const listed = await client.keys.list();
  assert.deepEqual(listed.map((k) => k.sid), [made.sid]);
  const fetched = await client.keys(made.sid).fetch();
  assert.equal(fetched.friendlyName, 'first');
  assert.equal(fetched.secret, undefined);
  assert.equal((await client.keys(made.sid).update({ friendlyName: 'renamed' })).friendlyName, 'renamed');
  assert.equal(await client.keys(made.sid).remove(), true);
  await assert.rejects(client.keys(made.sid).fetch(), (e) => e.status === 404 && e.code === 20404);
});

test('signing keys are the same shape', async () => {
  const made = await client.newSigningKeys.create({ friendlyName: 'signing' });
  assert.deepEqual((await client.signingKeys.list()).map((k) => k.sid), [made.sid]);
  assert.equal(await client.signingKeys(made.sid).remove(), true);
});

test('iam v1 keys', async () => {
  const made = await client.iam.v1.newApiKey.create({ accountSid: server.account, friendlyName: 'by iam' });
  assert.ok(made.secret);
  assert.equal((await client.iam.v1.apiKey(made.sid).fetch()).friendlyName, 'by iam');
  assert.ok((await client.iam.v1.getApiKeys.list({ accountSid: server.account })).some((k) => k.sid === made.sid));
  assert.equal(await client.iam.v1.apiKey(made.sid).remove(), true);
});

test('serverless.v1: services, environments, functions, variables, builds, deployments, logs', async () => {
  const s = await client.serverless.v1.services.create({ uniqueName: 'by-helper', friendlyName: 'By helper', includeCredentials: true });
  assert.match(s.sid, /^ZS/);
  const service = client.serverless.v1.services(s.sid);
  assert.equal((await client.serverless.v1.services('by-helper').fetch()).sid, s.sid);
  const e = await service.environments.create({ uniqueName: 'dev', domainSuffix: 'dev' });
  assert.match(e.domainName, /^by-helper-\d{4}-dev\./);
  const environment = service.environments(e.sid);
  const v = await environment.variables.create({ key: 'A', value: 'secret value' });
  assert.equal((await environment.variables(v.sid).update({ value: 'other' })).value, 'other');
  assert.equal((await environment.variables.list()).length, 1);
  const f = await service.functions.create({ friendlyName: '/x' });
  assert.equal((await service.functions.list())[0].sid, f.sid);
  assert.deepEqual(await environment.deployments.list(), []);
  assert.deepEqual(await environment.logs.list(), []);
  assert.equal(await environment.variables(v.sid).remove(), true);
  assert.equal(await client.serverless.v1.services(s.sid).remove(), true);
  await assert.rejects(client.serverless.v1.services(s.sid).fetch(), (error) => error.status === 404);
});

test('lists of more than a page come whole', async () => {
  for (let i = 0; i < 60; i++) await client.newKeys.create({ friendlyName: `key ${i}` });
  assert.equal((await client.keys.list({ pageSize: 25 })).length, 60);
});

test('an API key opens services but not keys', async () => {
  const key = await client.newKeys.create({ friendlyName: 'standard' });
  const limited = twilio(key.sid, key.secret, { accountSid: server.account, httpClient: new Local(server.adminPort, caOf(server)) });
  await limited.serverless.v1.services.list();
  await assert.rejects(limited.keys.list(), (e) => e.status === 403 || e.status === 401);
});
