// Every screen of the console: a picture, light and dark; no serious finding of axe; nothing wider than a phone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { sleep, tutorial } from '../integration/harness.mjs';
import { browse, code, dialog, picture, press, serve } from './console-stage.mjs';
import { walkAll } from './console-walk.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 390, height: 800 };
const DESK = { width: 1360, height: 860 };

let s, browser, page, service;
before(async () => {
  s = await serve();
  browser = await browse();
  page = await browser.person();
});
after(async () => {
  await browser?.close();
  await s?.stop();
});

/** Serious and critical findings, as "rule: where". axe is evaluated by the debugger, beside the policy of the page. */
async function findings() {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
}

async function look(name, { isPhone = true } = {}) {
  await sleep(120);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await findings(), [], `${name}, ${colorScheme}`);
  }
  await picture(page, name);
  if (!isPhone) return;
  await page.setViewportSize(PHONE);
  await sleep(60);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= PHONE.width, `${name} is wider than a phone`);
  await picture(page, `${name}-phone`);
  await page.setViewportSize(DESK);
}

const screen = (name, hash, ready, then = async () => {}) =>
  test(name, async () => {
    await page.evaluate((h) => (location.hash = h), typeof hash === 'function' ? hash() : hash);
    await ready();
    await then();
    await look(name);
    await page.keyboard.press('Escape');
    assert.deepEqual(page.complaints, []);
  });

test('set-up', async () => {
  await page.goto(`${s.url}/`);
  await page.getByLabel('Set-up code').waitFor();
  await look('set-up');
});

test('the function, tried', async () => {
  await walkAll(page, s, tutorial);
  service = await page.evaluate(() => location.hash.split('/').slice(1, 4).join('/'));
  await look('function');
});

const shows = (selector) => () => page.locator(selector).first().waitFor();
const reads = (text) => () => page.getByText(text, { exact: true }).first().waitFor();

screen('dashboard', '#/', reads('Requests in the last hour'));
screen('keys', '#/keys', shows('table.keys'));
screen('key-new', '#/keys', shows('table.keys'), () => press(page, 'Create API key'));
screen('services', '#/services', shows('.service'));
screen('service-new', '#/services', shows('.service'), () => press(page, 'Create a service'));
screen('files', () => `#/${service}/functions`, reads('Choose a file'));
screen('function-new', () => `#/${service}/functions`, reads('Choose a file'), () => page.getByRole('button', { name: 'New function' }).last().click());
screen('function-broken', () => `#/${service}/functions/${encodeURIComponent('/create-room-token')}`, () => code(page).waitFor(), async () => {
  await code(page).click();
  await page.keyboard.type('= = ');
  await page.keyboard.press('Control+s');
  await page.getByText('Not deployed').waitFor();
});
screen('configure', () => `#/${service}/configure`, shows('table.variables'));
screen('configure-key', () => `#/${service}/configure`, shows('table.variables'), async () => {
  await press(page, 'Fill from key');
  await dialog(page).getByLabel('Key').waitFor();
});
screen('versions', () => `#/${service}/versions`, shows('table.list'));
screen('logs', '#/logs', shows('.log'));
screen('tokens', '#/tokens', reads('Make the token'), async () => {
  await press(page, 'Make the token');
  await page.locator('.made').waitFor();
});
screen('settings', '#/settings', reads('Public URL'));
screen('people', '#/settings/people', reads('Everyone has a name, a password and one role.'));
screen('sessions', '#/settings/sessions', reads('this one'));
screen('audit', '#/settings/audit', reads('Every change: who, what, when, from where.'));

test('log-in', async () => {
  await press(page, 'Log out');
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await look('log-in');
});
