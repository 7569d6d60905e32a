// A browser that remembers all that a page did, and what it must not do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--lang=en-GB'] });

export const views = [
  { name: 'light-wide', colorScheme: 'light', viewport: { width: 1200, height: 860 } },
  { name: 'dark-wide', colorScheme: 'dark', viewport: { width: 1200, height: 860 } },
  { name: 'light-360', colorScheme: 'light', viewport: { width: 360, height: 740 } },
  { name: 'dark-360', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
];

/** Shows an open page in another view. */
export async function look({ page }, { colorScheme, viewport }) {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(viewport);
}

/** Opens a page that records requests, answers, messages and violations of its policy. */
export async function open(browser, url) {
  const context = await browser.newContext({ viewport: views[0].viewport, locale: 'en-GB', reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const seen = { requests: [], bodies: [], messages: [], violations: [] };
  await page.exposeFunction('reportViolation', (text) => seen.violations.push(text));
  await page.addInitScript(() =>
    addEventListener('securitypolicyviolation', (e) => window.reportViolation(`${e.violatedDirective}: ${e.blockedURI}`)));
  page.on('console', (m) => seen.messages.push(m.text()));
  page.on('pageerror', (e) => seen.messages.push(String(e)));
  page.on('request', (r) => seen.requests.push(r));
  page.on('response', (r) => seen.bodies.push(r.text().catch(() => '')));
  await page.goto(url);
  return { page, context, seen, origin: new URL(url).origin };
}

/** Fails if the page did what it must never do. Values and keys are what must not be seen. */
export async function checkHarmless({ page, context, seen, origin }, { secret = [], keys = [], messages = [] } = {}) {
  assert.deepEqual(seen.violations, []);
  assert.deepEqual(seen.messages.filter((m) => !messages.some((allowed) => m.includes(allowed))), []);
  for (const request of seen.requests) assert.equal(new URL(request.url()).origin, origin, request.url());
  for (const body of await Promise.all(seen.bodies)) {
    for (const text of [...secret, ...keys]) assert.ok(!body.includes(text), `an answer has ${text}`);
  }
  const written = await page.evaluate(async () => ({
    local: Object.keys(localStorage), session: Object.keys(sessionStorage), cookie: document.cookie, name: window.name,
    databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length, state: history.state,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }));
  assert.deepEqual(written, { local: [], session: [], cookie: '', name: '', databases: 0, caches: 0, state: null, workers: 0 });
  assert.deepEqual(await context.cookies(), []);
  assert.equal(await page.evaluate(() => window.attacked), undefined);
  for (const key of keys) {
    assert.ok(!page.url().includes(key) && !(await page.content()).includes(key), 'the key is in the URL or the document');
    assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('input')].map((i) => i.value).join(' ').includes('pfs_')), false);
    for (const request of seen.requests) checkSentAsHeader(request, key);
  }
}

function checkSentAsHeader(request, key) {
  const { authorization, ...others } = request.headers();
  const rest = request.url() + JSON.stringify(others) + (request.postData() ?? '');
  assert.ok(!rest.includes(key), 'the key was sent in another place than the header');
  if (authorization) assert.equal(new URL(request.url()).pathname, '/graphql');
}

/** Fails for each rule of axe-core that the page breaks, best practices among them. */
export async function checkAccessible({ page }) {
  await page.evaluate(axe);
  const results = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations', 'incomplete'] }));
  const broken = [...results.violations, ...results.incomplete.filter((r) => r.id === 'color-contrast')];
  assert.deepEqual(broken.map((r) => `${r.id}: ${r.help}: ${r.nodes.map((n) => n.html).slice(0, 3).join(' ')}`), []);
  assert.ok(results.passes.length > 10, 'axe-core checked nothing');
}

/** Fails if the page is wider than its window, or something moves. */
export async function checkLayout({ page }) {
  const { width, window: inner, moving } = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth, window: innerWidth, moving: document.getAnimations().length,
  }));
  assert.ok(width <= inner, `the page is ${width} px wide in a window of ${inner} px`);
  assert.equal(moving, 0);
}
