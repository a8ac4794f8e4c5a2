// A Roomkey with its console, and people in front of it. What a step does is said in the words on the screen.
import { spawn } from 'node:child_process';
import http from 'node:http';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { build, roomkey, slow, until } from '../integration/harness.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const ALWAYS_SAID = /^Failed to load resource: (the server responded with a status of \d{3}|net::ERR_)/;
export const OWNER = { name: 'Ada', password: 'correct horse battery' };

/** Pictures go here; they are looked at, not committed. */
export const pictures = process.env.ROOMKEY_PICTURES || path.join(build, 'pictures');

/**
 * `roomkey serve` on a folder of its own: { url, code, restart, stop }. restart({ down }) ends it, awaits down(), and
 * starts it again on the same folder and ports.
 */
export async function serve(flags = []) {
  const dir = mkdtempSync(path.join(tmpdir(), 'roomkey-console-'));
  const s = { dir, url: '', code: '', port: 0, child: null };
  const begin = async (ports) => {
    const command = process.env.ROOMKEY_SERVE ? ['sh', '-c', `exec ${process.env.ROOMKEY_SERVE}`, 'sh'] : [roomkey, 'serve'];
    const child = spawn(command[0], [...command.slice(1), dir, ...ports, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (d) => (said += d));
    child.stderr.on('data', (d) => (said += d));
    s.child = child;
    await until('the address of the console', () => {
      if (child.exitCode !== null) throw new Error(`roomkey serve ended with ${child.exitCode}\n${said}`);
      s.url = /console, API\s+(https?:\/\/[\w.[\]:-]+)/i.exec(said)?.[1];
      s.code = /\b([A-Z0-9]{4}-[A-Z0-9]{4})\b/.exec(said)?.[1] ?? s.code;
      s.port = /functions\S*\s+https?:\/\/[\w.[\]-]+:(\d+)/i.exec(said)?.[1] ?? s.port;
      return s.url;
    });
  };
  const end = async () => {
    const { child } = s;
    if (child.exitCode !== null) return;
    const gone = new Promise((done) => child.on('exit', done));
    child.kill('SIGTERM');
    await gone;
  };
  await begin(['--port', '0', '--admin-port', '0']);
  s.restart = async ({ down }) => {
    await end();
    await down();
    await begin(['--port', String(s.port), '--admin-port', new URL(s.url).port]);
  };
  s.stop = async () => {
    await end();
    rmSync(dir, { recursive: true, force: true });
  };
  return s;
}

/** { person, close }: person() is a browser profile of its own, as a page. Its complaints are what its console calls an error. */
export async function browse() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true, args: FLAGS, timeout: 30000 * slow });
  const person = async (options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, colorScheme: 'light', reducedMotion: 'reduce', permissions: ['clipboard-read', 'clipboard-write'], ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(8000 * slow);
    page.complaints = [];
    page.on('console', (m) => m.type() === 'error' && !ALWAYS_SAID.test(m.text()) && page.complaints.push(`${m.text()} (${m.location().url}:${m.location().lineNumber})`));
    page.on('pageerror', (e) => page.complaints.push(String(e)));
    page.on('dialog', (d) => (d.type() === 'beforeunload' ? d.accept() : (page.complaints.push(`a dialog: ${d.message()}`), d.dismiss())));
    return page;
  };
  return { person, close: () => browser.close() };
}

/** A picture of the page, light and dark. (Hiding the caret would need an inline style, which the console forbids.) */
export async function picture(page, name) {
  mkdirSync(pictures, { recursive: true });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: path.join(pictures, `${name}-${colorScheme}.png`), fullPage: true, caret: 'initial' });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** A page of somebody else's: { url, close }. */
export async function elsewhere() {
  const server = http.createServer((req, res) => res.writeHead(200, { 'Content-Type': 'text/html' }).end('<!DOCTYPE html><link rel="icon" href="data:,"><title>a page</title>'));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://localhost:${server.address().port}/`, close: () => (server.closeAllConnections(), server.close()) };
}

/** A picture of the documentation, when ROOMKEY_DOC_PICTURES names the folder it is for. */
export async function shot(page, name) {
  const folder = process.env.ROOMKEY_DOC_PICTURES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), caret: 'initial' });
}

export const press = (page, name, where = page) => where.getByRole('button', { name, exact: true }).click();
export const put = (page, label, text, where = page) => where.getByLabel(label, { exact: true }).fill(text);
export const dialog = (page) => page.getByRole('dialog');

export async function setUp(page, s) {
  await page.goto(`${s.url}/`);
  await put(page, 'Set-up code', s.code);
  await put(page, 'Account name', 'Example Inc');
  await put(page, 'Your name', OWNER.name);
  await put(page, 'Password', OWNER.password);
  await press(page, 'Create the account');
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
}

export async function logIn(page, s, { name, password } = OWNER) {
  await page.goto(`${s.url}/`);
  await put(page, 'Name', name);
  await put(page, 'Password', password);
  await press(page, 'Log in');
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
}

export async function newService(page, name) {
  await page.getByRole('link', { name: 'Functions', exact: true }).click();
  await page.getByRole('button', { name: 'Create a service' }).first().click();
  await put(page, 'Name', name, dialog(page));
  await press(page, 'Create the service');
  await page.getByRole('heading', { name: 'Write your first function' }).waitFor();
}

export async function fillFromNewKey(page) {
  await page.getByRole('link', { name: 'Configure' }).click();
  await press(page, 'Fill from key');
  await press(page, 'Create and fill in');
  await dialog(page).waitFor({ state: 'detached' });
  await press(page, 'Save');
  await page.getByText('Saved', { exact: true }).waitFor();
}

export async function newFunction(page, name, template, seen = async () => {}) {
  await page.getByRole('link', { name: 'Functions & assets' }).click();
  await page.getByRole('button', { name: 'New function' }).first().click();
  await put(page, 'Name', name, dialog(page));
  if (template) await dialog(page).getByLabel('Template').selectOption(template);
  await seen();
  await press(page, 'Create the function');
  await code(page).waitFor();
}

export const code = (page) => page.locator('.cm-content');

/** Pastes over all that the editor holds, as a person does. */
export async function paste(page, text) {
  await code(page).click();
  await page.keyboard.press('Control+a');
  await page.evaluate((t) => navigator.clipboard.writeText(t), text);
  await page.keyboard.press('Control+v');
}

export async function save(page) {
  await page.keyboard.press('Control+s');
  await page.getByText(/^Deployed in/).waitFor();
}

export async function send(page) {
  await press(page, 'Send');
  await page.getByRole('region', { name: 'Answer', exact: true }).waitFor();
}
