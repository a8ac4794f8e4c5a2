// A page on another origin reads what really happened: the true status and body of every kind of answer.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { dev, keys, tutorial } from '../integration/harness.mjs';
import { open } from './browser.mjs';

// In Twilio's cloud too, a function whose answers a page may read says so itself.
const opened = (status, body) => `exports.handler = function (context, event, callback) {
  const response = new Twilio.Response();
  response.appendHeader('Access-Control-Allow-Origin', '*').setStatusCode(${status}).setBody(${body});
  callback(null, response);
};
`;
const files = {
  '.env': `${keys}AUTH_TOKEN=${'0123456789abcdef'.repeat(2)}\n`,
  'functions/create-room-token.js': tutorial,
  'functions/ok.js': opened(200, `'fine: ' + event.a`),
  'functions/bad.js': opened(400, `{ wrong: 'a' }`),
  'functions/who.js': opened(401, `'sign in'`),
  'functions/guarded.protected.js': opened(200, `'never'`),
  'functions/hidden.private.js': opened(200, `'never'`),
  'functions/closed.js': `exports.handler = (context, event, callback) => callback(null, 'not for pages');\n`,
  'functions/throws.js': `exports.handler = () => { throw new TypeError('no luck'); };\n`,
  'functions/broken.js': `exports.handler = function ( {\n`,
  'functions/never.js': `exports.handler = () => {};\n`,
  'functions/loops.js': `exports.handler = () => { for (;;); };\n`,
};

let s, browser;
before(async () => {
  s = await dev(files, ['--timeout', '500']);
  browser = await open();
});
after(async () => {
  await browser?.close();
  await s?.stop();
});
beforeEach(() => browser.complaints.splice(0));

/** What the page's own fetch shows of an answer. `fill` makes the body so many bytes long. */
const read = (target, init = {}, fill = 0) =>
  browser.page.evaluate(
    async ([url, how, n]) => {
      if (n) how.body = how.body.padEnd(n, '.');
      const answer = await fetch(url, how);
      return { status: answer.status, type: answer.headers.get('content-type'), id: answer.headers.get('x-request-id'), text: await answer.text() };
    },
    [`http://127.0.0.1:${s.port}${target}`, init, fill]
  );

const quiet = () => assert.deepEqual(browser.complaints, [], "the browser's console complains");
const json = (value) => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });
const form = (text) => ({ method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: text });

/** An error that Roomkey itself answers with: its status inside its body, its request id in both. */
async function fails(status, target, init, fill) {
  const r = await read(target, init, fill);
  assert.equal(r.status, status, r.text.slice(0, 300));
  assert.match(r.type, /^application\/json/);
  const body = JSON.parse(r.text);
  assert.equal(body.status, status);
  assert.equal(body.request_id, r.id);
  assert.ok(body.code && body.message, r.text);
  quiet();
  return body;
}

test('200: simple, and after a preflight', async () => {
  assert.deepEqual((({ status, text }) => [status, text])(await read('/ok?a=1')), [200, 'fine: 1']);
  assert.deepEqual((({ status, text }) => [status, text])(await read('/ok', json({ a: 2 }))), [200, 'fine: 2']);
  quiet();
});

test('400 and 401 by the function', async () => {
  const bad = await read('/bad', json({}));
  assert.deepEqual([bad.status, JSON.parse(bad.text)], [400, { wrong: 'a' }]);
  const who = await read('/who');
  assert.deepEqual([who.status, who.text], [401, 'sign in']);
  quiet();
});

test('400: malformed JSON', async () => {
  const r = await read('/ok', { ...json({}), body: '{"a":' });
  assert.equal(r.status, 400, r.text);
  assert.ok(r.text.length > 0);
  quiet();
});

test('403: a protected function called by a browser', async () => {
  await fails(403, '/guarded', form('a=1'));
  await fails(403, '/guarded', json({ a: 1 }));
});

test('403 or 404: a private function', async () => {
  const { status } = await read('/hidden');
  assert.ok([403, 404].includes(status), String(status));
  quiet();
});

test('404: no function at this path', async () => {
  await fails(404, '/no-such');
  await fails(404, '/no-such', form('a=1'));
});

test('404: the same for what a browser asks about first', async () => {
  await fails(404, '/no-such', json({ identity: 'alice' }));
});

test('413: a body over 6 MB, simple and after a preflight', async () => {
  await fails(413, '/ok', form('a='), 7e6);
  await fails(413, '/ok', json({ a: 1 }), 7e6);
});

test('500: a function that throws, and one that does not compile', async () => {
  for (const [target, word] of [['/throws', 'no luck'], ['/broken', 'SyntaxError']]) {
    const r = await read(target, json({}));
    assert.equal(r.status, 500);
    assert.ok(r.text.includes(word), r.text);
  }
  quiet();
});

test('504: a function that never answers, and one that never ends', async () => {
  await fails(504, '/never', json({}));
  await fails(504, '/loops', json({}));
});

test("the tutorial's client: POST JSON, and the token is result.data", async () => {
  // What axios does: the text, parsed as JSON when it can be.
  const r = await read('/create-room-token', json({ identity: 'alice', room: 'daily' }));
  assert.equal(r.status, 200, r.text);
  let data = r.text;
  try {
    data = JSON.parse(r.text);
  } catch {
    // a bare token is no JSON
  }
  assert.match(data, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.equal(JSON.parse(Buffer.from(data.split('.')[1], 'base64url').toString()).grants.identity, 'alice');
  quiet();
});

test('these checks see a complaint: an answer without the header cannot be read', async () => {
  await assert.rejects(read('/closed'), /Failed to fetch/);
  assert.match(browser.complaints.join(), /blocked by CORS policy/);
});
