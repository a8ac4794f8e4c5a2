// What a worker gives a function beyond its arguments, through the real program: files, masked logs, the cloud's rules.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dev, keys, postJson, secret, until } from './harness.mjs';

const handler = (body) => `exports.handler = function (context, event, callback) {${body}\n};`;
const quotedSecret = 'say "hi"\\now-and-here';
const token = 'const t = new Twilio.jwt.AccessToken(context.ACCOUNT_SID, context.API_KEY, context.API_SECRET, { identity: "alice" }); t.addGrant(new Twilio.jwt.AccessToken.VideoGrant({ room: "r" })); const jwt = t.toJwt();';

const files = {
  '.env': `${keys}QUOTED=${quotedSecret}\nMODE=true\n`,
  'functions/files.js': handler(`const all = Runtime.getAssets(); callback(null, { keys: Object.keys(all).sort(), path: all['/data.json'].path,
    text: all['/data.json'].open(), required: require(all['/data.json'].path).a, called: require(all['/mod.js'].path).f(),
    read: require('fs').readFileSync(all['/data.json'].path, 'utf8').length, gone: require('fs').existsSync('/etc/passwd') });`),
  'functions/bad.js': handler("require('/assets/bad.private.js');"),
  'assets/data.private.json': '{"a":"é"}',
  'assets/mod.private.js': "exports.f = () => 'from ' + __filename;",
  'assets/bad.private.js': 'let x = ;\n',
  'assets/seen.txt': 'seen',
  'functions/log.js': handler(`console.log(context); console.error(JSON.stringify({ deep: [{ it: JSON.stringify(context) }] }), 'mode ' + context.MODE);
    console.log('x'.repeat(65530) + context.API_SECRET); console.log('y'.repeat(32760) + context.API_SECRET, 1); ${token} console.log('jwt', { jwt });
    callback(null, 'key ' + context.API_SECRET);`),
  'functions/throw.js': handler("throw new Error('db ' + context.API_SECRET + ' ' + JSON.stringify(context));"),
  'functions/reject.js': handler("Promise.reject('reason ' + context.API_SECRET);"),
  'functions/text.js': handler("callback('failed with ' + context.QUOTED);"),
  'functions/cookie.js': handler("const r = new Response(); r.setCookie('a', '1', event.age ? ['Max-Age=' + event.age] : ['Domain=x']); callback(null, r);"),
};

let s;
before(async () => (s = await dev(files, ['--workers', '1'])));
after(() => s?.stop());

const leaks = (text) => [secret, quotedSecret, JSON.stringify(quotedSecret).slice(1, -1)].filter((each) => text.includes(each));

test('private assets by Runtime, require and fs', async () => {
  const answer = await s.request('/files');
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json(), { keys: ['/bad.js', '/data.json', '/mod.js'], path: '/assets/data.private.json', text: '{"a":"é"}',
    required: 'é', called: 'from /assets/mod.private.js', read: 9, gone: false });
});

test('an asset that does not parse names its file and place', async () => {
  const answer = await s.request('/bad');
  assert.equal(answer.status, 500);
  assert.match(answer.json().message, /^assets\/bad\.private\.js:1:9: /);
});

test('what a function logs holds no value of a variable and no token', async () => {
  const answer = await s.request('/log');
  assert.equal(answer.text, `key ${secret}`);
  await until('the last line', () => /jwt.*\[token\]/.test(s.out + s.err));
  const said = s.out + s.err;
  assert.deepEqual(leaks(said), []);
  assert.doesNotMatch(said, /eyJ/);
  assert.match(said, /\[API_SECRET\]/);
  assert.match(said, /\[QUOTED\]/);
  assert.match(said, /mode true/);
  // Nor its beginning, at a place where the line is cut.
  assert.doesNotMatch(said, new RegExp(`[xy]${secret.slice(0, 4)}`));
});

for (const path of ['/throw', '/reject', '/text'])
  test(`the error of ${path} holds none either, for programs and for browsers`, async () => {
    for (const agent of ['curl/8', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0']) {
      const answer = await s.request(path, { headers: { 'User-Agent': agent } });
      assert.equal(answer.status, 500);
      assert.deepEqual(leaks(answer.text), []);
      assert.match(answer.text, /\[(API_SECRET|QUOTED)\]/);
    }
    assert.deepEqual(leaks(s.out + s.err), []);
  });

test('--cloud-strict: methods, bodies, cookies', async () => {
  const strict = await dev(files, ['--workers', '1', '--cloud-strict', 'on']);
  try {
    assert.equal((await strict.request('/files', { method: 'PUT', body: 'x' })).status, 405);
    assert.equal((await strict.request('/files', { method: 'GET', body: 'x', headers: { 'Content-Length': '1' } })).status, 403);
    assert.deepEqual((await strict.request('/cookie')).headers['set-cookie'], ['a=1;HttpOnly;Secure']);
    const long = await strict.request('/cookie?age=86401');
    assert.deepEqual([long.status, long.json().message], [400, 'Cookies max-age cannot be greater than a day']);
    assert.equal(long.headers['access-control-allow-origin'], '*');
    assert.deepEqual((await s.request('/cookie?age=86401')).headers['set-cookie'], ['a=1;Max-Age=86401']);
  } finally {
    await strict.stop();
  }
});

test('--detailed-logs: fields by name, secrets masked; nothing of them without it', async () => {
  const detailed = await dev(files, ['--workers', '1', '--detailed-logs', 'on']);
  try {
    await postJson(detailed, `/files?who=alice&k=${secret}`, { deep: { secret }, n: 1 });
    await until('both lines', () => /Body: /.test(detailed.out + detailed.err));
    const said = detailed.out + detailed.err;
    assert.match(said, /Query: \{ who: 'alice', k: '\[API_SECRET\]' \}/);
    assert.match(said, /Body: \{ deep: \{ secret: '\[API_SECRET\]' \}, n: 1 \}/);
    assert.doesNotMatch(s.out + s.err, /Query: |Body: /);
  } finally {
    await detailed.stop();
  }
});
