// Debian's Chromium without a screen, and a page on an origin of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { slow } from '../integration/harness.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Chromium prints this for every answer from 400 on, whatever a page does. */
const ALWAYS_SAID = /^Failed to load resource: the server responded with a status of \d{3}/;

/** An empty page on a port of its own: another origin than the server under test. */
function pageServer() {
  const server = http.createServer((req, res) => {
    const found = req.url === '/';
    res.writeHead(found ? 200 : 204, { 'Content-Type': 'text/html' }).end(found ? '<!DOCTYPE html><title>a page</title>' : undefined);
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

/** { page, complaints, close }: complaints holds what the console and the page itself call an error. */
export async function open() {
  const server = await pageServer();
  const profile = mkdtempSync(path.join(tmpdir(), 'roomkey-browser-'));
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
  const context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: FLAGS, timeout: 30000 * slow });
  const page = context.pages()[0] || (await context.newPage());
  const complaints = [];
  page.on('console', (m) => m.type() === 'error' && !ALWAYS_SAID.test(m.text()) && complaints.push(m.text()));
  page.on('pageerror', (e) => complaints.push(String(e)));
  page.setDefaultTimeout(20000 * slow);
  await page.goto(`http://localhost:${server.address().port}/`);
  const close = async () => {
    await context.close();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { page, complaints, close };
}
