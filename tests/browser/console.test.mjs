// The console as people use it, under the policy that the gateway sends.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sleep, tutorial } from '../integration/harness.mjs';
import { OWNER, browse, code, dialog, elsewhere, logIn, newFunction, newService, paste, press, put, save, send, serve, setUp } from './console-stage.mjs';
import { walk } from './console-walk.mjs';

const STUCK_MS = 60_000; // what it takes is printed; how fast the machine is that runs it is not judged

const HUMAN_MS = 120_000;
const HUMAN_PAUSE_MS = 3000; // to read a screen and find what to press

let s, browser, page, walked;
before(async () => {
  s = await serve();
  browser = await browse();
  page = await browser.person();
});
after(async () => {
  await browser?.close();
  await s?.stop();
});
beforeEach(() => page.complaints.splice(0));

const quiet = (p = page) => assert.deepEqual(p.complaints, [], "the browser's console complains");
const place = () => page.evaluate(() => location.hash.split('/').slice(2, 4));
const at = (path) => page.evaluate((hash) => (location.hash = hash), path);
const openFile = async (p, name) => {
  await p.locator('.tree').getByRole('link', { name }).click();
  await code(p).waitFor();
};

/** What the page's own session gets of the API. */
const api = (method, path, body, p = page) =>
  p.evaluate(async ([m, target, b]) => {
    const answer = await fetch(target, { method: m, headers: { 'X-Roomkey': '1', ...(b && { 'Content-Type': 'application/json' }) }, body: b && JSON.stringify(b) });
    return { status: answer.status, body: await answer.json().catch(() => null) };
  }, [method, path, body]);

async function timed(p, server, pause) {
  const t0 = Date.now();
  const laps = [];
  for await (const step of walk(p, server, tutorial)) {
    laps.push(`${((Date.now() - t0) / 1000).toFixed(1)} s ${step}`);
    if (pause) await sleep(pause);
  }
  return { ms: Date.now() - t0, laps: laps.join(', ') };
}

test("the tutorial's walk, at full speed", async (t) => {
  const { ms, laps } = await timed(page, s, 0);
  t.diagnostic(laps);
  assert.ok(ms < STUCK_MS, `${ms} ms`);
  walked = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(walked, /^https?:\/\/[\w.-]+(:\d+)?\/create-room-token$/);
  quiet();
});

test("the tutorial's walk, at a person's pace", async (t) => {
  const other = await serve();
  const someone = await browser.person();
  try {
    const { ms, laps } = await timed(someone, other, HUMAN_PAUSE_MS);
    t.diagnostic(laps);
    assert.ok(ms < HUMAN_MS, `${ms} ms`);
    quiet(someone);
  } finally {
    await someone.context().close();
    await other.stop();
  }
});

test('fast typing loses no character', async () => {
  await newFunction(page, 'typed');
  await code(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('exports.handler = (c, e, callback) => callback(null, "quick brown fox");');
  await save(page);
  await send(page);
  await page.locator('pre.body').getByText('quick brown fox').waitFor();
  quiet();
});

test('a deploy that fails is shown at its line, and what was live stays', async () => {
  await openFile(page, '/typed');
  await paste(page, 'exports.handler = (c, e, callback) => {\n  callback(null, = 1);\n};\n');
  await page.keyboard.press('Control+s');
  await page.getByText('Not deployed: it does not compile').waitFor();
  await page.locator('.cm-lint-marker-error').waitFor();
  await page.getByLabel('Problems').getByRole('button').first().click();
  assert.equal(await page.locator('.cm-activeLineGutter').first().innerText(), '2');
  await send(page);
  await page.locator('pre.body').getByText('quick brown fox').waitFor();
  await press(page, 'Undo all');
  quiet();
});

test('two people: the second save shows the difference, and lets them choose', async () => {
  const other = await browser.person();
  await logIn(other, s);
  await other.evaluate((hash) => (location.hash = hash), `#/services/${(await place()).join('/')}/functions/${encodeURIComponent('/typed')}`);
  await code(other).waitFor();
  await paste(other, 'exports.handler = (c, e, callback) => callback(null, "theirs");\n');
  await save(other);
  await paste(page, 'exports.handler = (c, e, callback) => callback(null, "mine");\n');
  await page.keyboard.press('Control+s');
  await dialog(page).getByText('Someone else changed this function').waitFor();
  assert.match(await dialog(page).locator('.diff .out').innerText(), /theirs/);
  assert.match(await dialog(page).locator('.diff .in').innerText(), /mine/);
  await press(page, 'Go on editing');
  assert.match(await code(page).innerText(), /mine/);
  await page.keyboard.press('Control+s');
  await press(page, 'Deploy mine instead');
  await page.getByText(/^Deployed in/).waitFor();
  await send(page);
  await page.locator('pre.body').getByText('mine', { exact: true }).waitFor();
  await other.context().close();
  quiet();
});

test('two people in different files do not disturb each other', async () => {
  const [zs, ze] = await place();
  const { body } = await api('GET', `/roomkey/v1/Services/${zs}/Environments/${ze}/Content`);
  const put = [{ kind: 'function', path: '/other', visibility: 'public', content: 'exports.handler = (c, e, callback) => callback(null, 1);' }];
  assert.equal((await api('POST', `/roomkey/v1/Services/${zs}/Environments/${ze}/Changes`, { base_build: body.build_sid, put, remove: [] })).status, 201);
  await paste(page, 'exports.handler = (c, e, callback) => callback(null, "again");\n');
  await save(page);
  await page.locator('.tree').getByRole('link', { name: '/other' }).waitFor();
  quiet();
});

test('a session that ended: log in, and go on with the same edits', async () => {
  await paste(page, '// kept while logged out\nexports.handler = (c, e, callback) => callback(null, "kept");\n');
  const other = await browser.person();
  await logIn(other, s);
  assert.equal((await api('DELETE', '/roomkey/v1/Sessions', undefined, other)).status, 204);
  await other.context().close();
  await page.keyboard.press('Control+s');
  await dialog(page).getByText('Log in again').waitFor();
  await put(page, 'Name', OWNER.name, dialog(page));
  await put(page, 'Password', OWNER.password, dialog(page));
  await press(page, 'Log in');
  await page.getByText(/^Deployed in/).waitFor();
  assert.match(await code(page).innerText(), /kept while logged out/);
  quiet();
});

test('the server restarts under an open page: a banner, and nothing typed is lost', async () => {
  await paste(page, '// typed before the restart\nexports.handler = (c, e, callback) => callback(null, "restarted");\n');
  await s.restart({
    down: async () => {
      await page.keyboard.press('Control+s');
      await page.getByText('Roomkey does not answer').waitFor();
      await page.getByText('this may not have been done').waitFor();
    },
  });
  await page.getByText('Roomkey does not answer').waitFor({ state: 'detached' });
  assert.match(await code(page).innerText(), /typed before the restart/);
  await page.keyboard.press('Control+s');
  await page.getByText(/^Deployed in/).waitFor();
  quiet();
});

test('a draft outlives a reload of the page', async () => {
  await paste(page, '// not saved yet\n');
  await sleep(400);
  await page.reload();
  await code(page).waitFor();
  assert.match(await code(page).innerText(), /not saved yet/);
  await press(page, 'Undo all');
  assert.match(await code(page).innerText(), /typed before the restart/);
  quiet();
});

test('versions: what differs, and the way back', async () => {
  await page.getByRole('link', { name: 'Versions' }).click();
  await page.getByRole('button', { name: /^Compare version/ }).first().click();
  await page.locator('.diff .in').first().waitFor();
  await page.getByRole('button', { name: /^Roll back to version/ }).first().click();
  await dialog(page).getByRole('button', { name: 'Roll back' }).click();
  await page.getByText(/^Rolled back in/).waitFor();
  quiet();
});

test('logs: live, paused, filtered, and from before', async () => {
  const [zs, ze] = await place();
  await page.locator('.tabs').getByRole('link', { name: 'Logs' }).click();
  await page.locator('.log').first().waitFor();
  await sleep(300);
  const call = () => api('POST', `/roomkey/v1/Services/${zs}/Environments/${ze}/Try`, { method: 'GET', path: '/other', query: '', headers: [], signed: false });
  const before = await page.locator('.log').count();
  await call();
  await page.waitForFunction((n) => document.querySelectorAll('.log').length > n, before);
  await press(page, 'Pause');
  await call();
  await page.getByRole('button', { name: /Go on \(\d+ new\)/ }).click();
  await put(page, 'Path', '/nothing-there');
  await page.getByText('Nothing yet').waitFor();
  await press(page, 'Clear');
  await page.locator('.log').first().waitFor();
  quiet();
});

test('keys: made, rotated, disabled, imported, removed; a secret is in the page once', async () => {
  await at('#/keys');
  await page.locator('table.keys').waitFor();
  await page.getByRole('button', { name: 'Rotate web app' }).click();
  await press(page, 'Create the key');
  const secret = await dialog(page).locator('dd code').last().innerText();
  await page.getByLabel('I have saved it').check();
  await press(page, 'Disable the old key now');
  await page.getByText('disabled', { exact: true }).waitFor();
  assert.ok(!(await page.content()).includes(secret), 'the secret is still in the page');
  await press(page, 'Import');
  await put(page, 'Key SID', `SK${'a'.repeat(32)}`, dialog(page));
  await put(page, 'Secret', 'b'.repeat(32), dialog(page));
  await put(page, 'Name', 'from elsewhere', dialog(page));
  await press(page, 'Import', dialog(page));
  await page.getByText('imported', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Delete from elsewhere' }).click();
  await press(page, 'Delete');
  await page.getByText('imported', { exact: true }).waitFor({ state: 'detached' });
  quiet();
});

test('names that are markup are text everywhere', async () => {
  const bad = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
  await api('POST', '/roomkey/v1/Account', { friendly_name: bad });
  await api('POST', '/roomkey/v1/Keys', { friendly_name: bad, type: 'standard' });
  await api('POST', '/roomkey/v1/People', { name: bad, password: 'a long enough one', role: 'reader' });
  const [zs, ze] = await page.evaluate(async () => {
    const form = (o) => ({ method: 'POST', headers: { 'X-Roomkey': '1' }, body: new URLSearchParams(o) });
    const service = await (await fetch('/v1/Services', form({ UniqueName: 'markup', FriendlyName: '"><img src=x onerror=alert(1)>' }))).json();
    const e = await (await fetch(`/v1/Services/${service.sid}/Environments`, form({ UniqueName: 'dev', DomainSuffix: 'dev' }))).json();
    await fetch(`/v1/Services/${service.sid}/Environments/${e.sid}/Variables`, form({ Key: 'A', Value: '"><img src=y onerror=alert(3)>' }));
    return [service.sid, e.sid];
  });
  const source = `exports.handler = (c, e, callback) => { console.log(${JSON.stringify(bad)}); callback(null, ${JSON.stringify(bad)}); };`;
  await api('POST', `/roomkey/v1/Services/${zs}/Environments/${ze}/Changes`, { base_build: null, put: [{ kind: 'function', path: '/bad', visibility: 'public', content: source }], remove: [] });
  await page.reload();
  for (const hash of ['#/', '#/keys', '#/services', '#/settings', '#/settings/people', '#/settings/audit', `#/services/${zs}/${ze}/configure`, `#/services/${zs}/${ze}/functions/%2Fbad`]) {
    await at(hash);
    await page.getByRole('main').getByText('onerror', { exact: false }).first().or(page.locator('h1').first()).first().waitFor();
    await sleep(150);
    assert.equal(await page.evaluate(() => document.querySelectorAll('img:not([src="icon.svg"]), #console script').length), 0, hash);
  }
  await code(page).waitFor();
  await send(page);
  await page.locator('pre.body').getByText('onerror').waitFor();
  await at('#/logs');
  await page.locator('.log-words', { hasText: 'onerror' }).first().waitFor()
  quiet();
  await api('POST', '/roomkey/v1/Account', { friendly_name: 'Example Inc' });
});

test('by the keyboard alone: skip link, a dialog that holds and returns the focus', async () => {
  await at('#/keys');
  await page.locator('table.keys').waitFor();
  await page.reload();
  await page.locator('table.keys').waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.getByRole('button', { name: 'Create API key' }).focus();
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.closest('dialog') !== null && document.activeElement.tagName), 'INPUT');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Create API key');
  quiet();
});

test('what the server sends with the console, and what a page cannot see', async () => {
  const { status, headers } = await page.evaluate(async () => {
    const answer = await fetch('/');
    return { status: answer.status, headers: Object.fromEntries(answer.headers) };
  });
  assert.equal(status, 200);
  const policy = headers['content-security-policy'] ?? '';
  for (const part of ["script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) assert.ok(policy.includes(part), part);
  assert.ok(!policy.includes('unsafe'), policy);
  assert.equal(await page.evaluate(() => document.cookie), '');
  assert.equal(await page.evaluate(() => fetch('/roomkey/v1/Account', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"friendly_name":"x"}' }).then((a) => a.status)), 403);
});

test("one's own password: the old one is asked for, and the new one counts", async () => {
  const { body } = await api('POST', '/roomkey/v1/People', { name: 'Grace', password: 'the first password', role: 'developer' });
  assert.equal(body.role, 'developer');
  const other = await browser.person();
  await logIn(other, s, { name: 'Grace', password: 'the first password' });
  await other.evaluate(() => (location.hash = '#/settings/sessions'));
  await press(other, 'Change my password');
  await put(other, 'Password now', 'not the password', dialog(other));
  await put(other, 'New password', 'the second password', dialog(other));
  await press(other, 'Change', dialog(other));
  await dialog(other).getByText('That is not your password now').waitFor();
  await put(other, 'Password now', 'the first password', dialog(other));
  await press(other, 'Change', dialog(other));
  await other.getByText('Password changed').waitFor();
  await press(other, 'Log out');
  await other.getByRole('heading', { name: 'Log in' }).waitFor();
  await logIn(other, s, { name: 'Grace', password: 'the second password' });
  quiet(other);
  await other.context().close();
});

test('a page on another origin gets a token that holds', async () => {
  const web = await elsewhere();
  const other = await browser.person();
  await other.goto(web.url);
  const token = await other.evaluate(async (url) => (await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"identity":"alice"}' })).text(), walked);
  const seen = (await api('POST', '/roomkey/v1/Tokens/Inspect', { token })).body;
  assert.equal(seen.signature, 'valid');
  assert.equal(seen.payload.grants.identity, 'alice');
  quiet(other);
  await other.context().close();
  web.close();
});

test('a wrong password says so, and a wrong address names no screen', async () => {
  const other = await browser.person();
  await other.goto(`${s.url}/`);
  await put(other, 'Name', OWNER.name);
  await put(other, 'Password', 'not the password');
  await press(other, 'Log in');
  await other.getByRole('alert').waitFor();
  await logIn(other, s);
  await other.evaluate(() => (location.hash = '#/no-such'));
  await other.getByText('Nothing here').waitFor();
  await press(other, 'Log out');
  await other.getByRole('heading', { name: 'Log in' }).waitFor();
  quiet(other);
  await other.context().close();
});

test('a developer sees no keys, and can still name one for a token', async () => {
  await api('POST', '/roomkey/v1/People', { name: 'Lin', password: 'a developer of ours', role: 'developer' });
  const { body: key } = await api('POST', '/roomkey/v1/Keys', { friendly_name: 'for Lin', type: 'standard' });
  const other = await browser.person();
  await logIn(other, s, { name: 'Lin', password: 'a developer of ours' });
  assert.equal(await other.getByRole('link', { name: 'API keys' }).count(), 0);
  await other.evaluate(() => (location.hash = '#/tokens'));
  await put(other, 'Key', key.sid);
  await press(other, 'Make the token');
  await other.locator('.made').waitFor();
  quiet(other);
  await other.context().close();
});
