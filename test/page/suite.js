// The page of `serve` in a browser. run.sh starts this.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkAccessible, checkHarmless, checkLayout, launch, look, open, views } from './browser.js';
import './trouble.js';
import { canary, fill, hostileNames, manyNames, ordinaryNames, startServe, tenants } from './store.js';

const [bin, work] = process.argv.slice(-2);
let browser, store, plain, dev;

before(async () => {
  [browser, store, plain, dev] = await Promise.all([
    launch(),
    startServe(bin, join(work, 'run/store'), ['--page']),
    startServe(bin, join(work, 'run/plain'), []),
    startServe(bin, join(work, 'run/dev'), ['--dev', '--page']),
  ]);
  await fill(store);
});

after(async () => {
  await browser?.close();
  await Promise.all([store, plain, dev].map((s) => s?.stop()));
});

const everyKey = () => Object.values(store.keys);
const rows = (page) => page.locator('#rows tr');
const problem = (page) => page.locator('#problem');

async function enter(page, key) {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Opens the page at a fragment, signs in, and waits until all is read. */
async function signedIn(fragment, { key = store.keys.planner } = {}) {
  const tab = await open(browser, `${store.url}/${fragment}`);
  await enter(tab.page, key);
  await tab.page.locator('#table[aria-busy=false]').waitFor({ state: 'attached' });
  return tab;
}

async function done(tab, allowed = {}) {
  await checkHarmless(tab, { secret: [canary], keys: everyKey(), ...allowed });
  await tab.context.close();
}

async function namesShown(page) {
  return page.locator('#rows a').allTextContents();
}

// The states of the page, and how to reach each.
const states = {
  'without the list': () => open(browser, plain.url),
  'signed out': () => open(browser, store.url),
  'signed in': () => signedIn('#data/DATABASE'),
  empty: () => signedIn('#empty'),
  '10,000 names': () => signedIn('#many'),
  async 'key refused'() {
    const tab = await open(browser, store.url);
    await enter(tab.page, 'pfs_wrong');
    await problem(tab.page).getByText('does not accept this key').waitFor();
    return tab;
  },
  async 'server away'() {
    const tab = await signedIn('#data');
    await tab.page.route('**/graphql', (route) => route.abort());
    await tab.page.getByRole('button', { name: 'Refresh' }).click();
    await problem(tab.page).getByText('did not answer').waitFor();
    return tab;
  },
};

for (const [state, reach] of Object.entries(states)) {
  test(`${state}: harmless, accessible, and fits, in light and dark, wide and 360 px`, async () => {
    const tab = await reach();
    await checkHarmless(tab, { secret: [canary], keys: everyKey(), messages: ['net::ERR_FAILED'] });
    for (const view of views) {
      await look(tab, view);
      await tab.page.screenshot({ path: join(work, 'screenshots', `${state.replaceAll(/\W+/g, '-')}.${view.name}.png`) });
      await checkLayout(tab);
      await checkAccessible(tab);
    }
    await tab.context.close();
  });
}

test('without --page there is no list, no script and no field', async () => {
  const { page, context, seen } = await open(browser, plain.url);
  assert.equal(await page.locator('input, button, script').count(), 0);
  assert.deepEqual(seen.requests.map((r) => new URL(r.url()).pathname), ['/', '/_page/style.css']);
  await page.getByText('Ready.').waitFor();
  await context.close();
});

test('serve --dev has the page too', async () => {
  const { page, context } = await open(browser, dev.url);
  await enter(page, dev.keys.admin);
  await page.getByText('There are no secrets here').waitFor();
  await context.close();
});

test('a person sees names, when each was written, and by which key', async () => {
  const tab = await signedIn('#data');
  const { page } = tab;
  assert.equal(await rows(page).count(), hostileNames.length + ordinaryNames.length);
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'DATABASE', exact: true }) });
  const [time, writer] = await row.getByRole('cell').allTextContents();
  assert.match(time, /^\d{1,2} \w+ \d{4}, \d\d:\d\d$/);
  assert.match(await row.locator('time').getAttribute('datetime'), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.equal(writer, 'ci');
  assert.equal(await page.getByRole('status').textContent(), '16 secrets.');
  await done(tab);
});

test('whatever the store holds is shown as text', async () => {
  const tab = await signedIn('#data');
  const shown = await namesShown(tab.page);
  for (const name of hostileNames) {
    const want = name.replace('\u202E', '\\u{202e}').replace('\n', '\\u{a}').replace('\0', '\\u{0}');
    assert.ok(shown.includes(want), `${JSON.stringify(want)} is not in ${JSON.stringify(shown)}`);
  }
  assert.deepEqual(await tab.page.locator('#tenant option').allTextContents(),
    [`${tenants.data.name} (data)`, 'Empty team (empty)', 'Many names (many)']);
  assert.equal(await tab.page.getByRole('cell', { name: 'ci <img src=x onerror="window.attacked=1">', exact: true }).count(), hostileNames.length);
  assert.equal(await tab.page.locator('main img, main svg, main script').count(), 0);
  await done(tab);
});

test('every name can be linked to', async () => {
  const tab = await signedIn('#data');
  const links = await tab.page.locator('#rows a').evaluateAll((all) => all.map((a) => [a.textContent, a.getAttribute('href')]));
  assert.equal(links.length, hostileNames.length + ordinaryNames.length);
  for (const [name, href] of links) {
    await tab.page.evaluate((hash) => (location.hash = hash), href);
    const current = tab.page.locator('#rows [aria-current=true] a');
    await current.and(tab.page.locator(':focus')).waitFor();
    assert.equal(await current.textContent(), name);
    assert.equal(await tab.page.getByRole('alert').textContent(), '');
  }
  const last = links.at(-1)[1];
  await done(tab);
  const opened = await signedIn(last);
  assert.equal(await opened.page.evaluate(() => document.activeElement.getAttribute('href')), last);
  await done(opened);
});

test('a link to what is not there says so', async () => {
  let tab = await signedIn('#data/GONE');
  await problem(tab.page).getByText('This key sees no “GONE” in data.').waitFor();
  assert.equal(await rows(tab.page).count(), hostileNames.length + ordinaryNames.length);
  await done(tab);
  tab = await signedIn('#other/DATABASE');
  await problem(tab.page).getByText('This key does not reach a tenant “other”.').waitFor();
  await done(tab);
  await done(await signedIn('#%E0%A4%A/%'));
});

test('search and sort', async () => {
  const tab = await signedIn('#data');
  const { page } = tab;
  await page.getByLabel('Search names and keys').fill('slack url');
  await page.getByText('1 of 16 secrets.').waitFor();
  assert.deepEqual(await namesShown(page), ['SLACK_WEBHOOK_URL']);
  await page.getByLabel('Search names and keys').fill('no such name');
  await page.getByText('0 of 16 secrets.').waitFor();
  await page.getByLabel('Search names and keys').fill('');
  await page.getByText('16 secrets.', { exact: true }).waitFor();
  const up = await namesShown(page);
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  assert.deepEqual(await namesShown(page), up.toReversed());
  assert.equal(await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort'), 'descending');
  await page.getByRole('button', { name: 'Last written' }).click();
  assert.equal(await page.getByRole('columnheader', { name: 'Last written' }).getAttribute('aria-sort'), 'descending');
  assert.equal(await page.locator('[aria-sort]').count(), 1);
  const times = await page.locator('#rows time').evaluateAll((all) => all.map((t) => t.dateTime));
  assert.deepEqual(times, times.toSorted().toReversed());
  await done(tab);
});

test('the list of another tenant', async () => {
  const tab = await signedIn('#data');
  await tab.page.getByLabel('Tenant').selectOption({ label: 'Empty team (empty)' });
  await tab.page.getByText('There are no secrets here that this key reaches.').waitFor();
  assert.equal(new URL(tab.page.url()).hash, '#empty');
  await tab.page.goBack();
  await tab.page.getByText('16 secrets.', { exact: true }).waitFor();
  assert.equal(await tab.page.getByLabel('Tenant').inputValue(), tenants.data.id);
  await done(tab);
});

test('10,000 names are drawn in pieces, and each is found', async () => {
  const tab = await signedIn('#many');
  const { page } = tab;
  await page.getByText('10,000 secrets, the first 100 shown.').waitFor();
  assert.equal(await rows(page).count(), 100);
  await page.getByRole('button', { name: 'Show more' }).click();
  assert.equal(await rows(page).count(), 200);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'NAME_00100');
  await page.getByLabel('Search names and keys').fill('NAME_09999');
  await page.getByText(`1 of ${manyNames.toLocaleString('en')} secrets.`).waitFor();
  await done(tab);
  const linked = await signedIn('#many/NAME_07777');
  assert.equal(await linked.page.locator('#rows [aria-current=true]').textContent().then((t) => t.slice(0, 10)), 'NAME_07777');
  await done(linked);
});

test('a runner key is refused, and asks for no names', async () => {
  const tab = await open(browser, store.url);
  await enter(tab.page, store.keys.runner);
  await problem(tab.page).getByText('“agent” is a runner key. Runner keys read values, which this page never shows: use a planner or admin key.').waitFor();
  assert.ok(await tab.page.getByLabel('API key').isVisible());
  const asked = tab.seen.requests.filter((r) => r.method() === 'POST').map((r) => r.postDataJSON().query);
  assert.equal(asked.length, 1);
  assert.doesNotMatch(asked[0], /secret\W|secret_names/);
  await done(tab);
});

test('an admin key may look', async () => {
  await done(await signedIn('#data', { key: store.keys.admin }));
});

test('what the page asks for is queries of names alone', async () => {
  const tab = await signedIn('#many');
  const asked = tab.seen.requests.filter((r) => r.method() === 'POST');
  assert.ok(asked.length > 3);
  for (const request of asked) assert.doesNotMatch(request.postData(), /mutation|secret_?value|set_?secret|delete/i);
  await done(tab);
});

test('the key is gone after signing out, and when the person comes back', async () => {
  const tab = await signedIn('#data');
  const { page } = tab;
  await page.getByRole('button', { name: 'Sign out' }).click();
  assert.ok(await page.getByLabel('API key').isVisible());
  assert.equal(await rows(page).count(), 0);
  assert.ok(await page.getByLabel('API key').evaluate((e) => e === document.activeElement));
  const before = tab.seen.requests.length;
  await page.evaluate(() => (location.hash = '#many'));
  await page.waitForTimeout(200);
  assert.equal(tab.seen.requests.length, before);
  await enter(page, store.keys.planner);
  await page.getByText('10,000 secrets').waitFor();
  await page.goto('about:blank');
  await page.goBack();
  assert.ok(await page.getByLabel('API key').isVisible());
  assert.equal(await rows(page).count(), 0);
  await done(tab);
});

test('with the keyboard alone', async () => {
  const tab = await open(browser, `${store.url}/#data`);
  const { page } = tab;
  await page.keyboard.press('Tab');
  await page.keyboard.type(store.keys.planner);
  await page.keyboard.press('Enter');
  await page.locator('#table[aria-busy=false]').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'names-title');
  const reached = [];
  for (let i = 0; i < 9; i++) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => {
      const e = document.activeElement, style = getComputedStyle(e);
      return [e.id || e.dataset.column || e.tagName, style.outlineStyle, style.outlineWidth].join(' ');
    }));
  }
  assert.deepEqual(reached, ['refresh', 'sign-out', 'tenant', 'search', 'name', 'time', 'writer', 'A', 'A']
    .map((name) => `${name} solid 2px`));
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#rows [aria-current=true]').count(), 1);
  await done(tab);
});

// What a server or a proxy may answer, and what the page says.
const answers = {
  'HTTP 401': [{ status: 401, body: 'no' }, 'The server does not accept this key:'],
  'HTTP 429 with seconds': [{ status: 429, headers: { 'Retry-After': '30' }, body: '' }, 'Too many requests. Try again in 30 seconds.'],
  'HTTP 429 with a time': [{ status: 429, headers: { 'Retry-After': 'Fri, 01 Jan 2100 00:00:00 GMT' }, body: '' }, /Too many requests. Try again in \d+ seconds./],
  'HTTP 429 with nothing': [{ status: 429, body: '' }, 'Too many requests. Try again in a moment.'],
  'HTTP 503': [{ status: 503, headers: { 'Retry-After': '1' }, body: '{}' }, 'The server is busy. Try again in a moment.'],
  'a login page': [{ status: 200, contentType: 'text/html', body: '<script>window.attacked=1</script>' }, 'What answered is not the secrets API (HTTP 200)'],
  'no data': [{ status: 200, body: '{}' }, 'What answered is not the secrets API (HTTP 200)'],
  null: [{ status: 200, body: 'null' }, 'What answered is not the secrets API (HTTP 200)'],
  'the store away': [{ status: 200, body: '{"errors":[{"message":"x","extensions":{"code":"API_ERROR"}}],"data":null}' }, 'The store does not answer at the moment.'],
  'another error': [{ status: 400, body: '{"errors":[{"message":"<img src=x onerror=window.attacked=1>"}]}' }, 'The server refused the request: <img src=x onerror=window.attacked=1>'],
  'an error without a message': [{ status: 400, body: '{"errors":[{}]}' }, 'The server refused the request: it does not say why.'],
  'an error that is none': [{ status: 400, body: '{"errors":[]}' }, 'What answered is not the secrets API (HTTP 400)'],
  'a malformed header': [{ status: 200, body: '{"errors":"Malformed Authorization header"}' }, 'The server does not accept this key:'],
  'a tenant that was taken away': [{ status: 200, body: '{"errors":[{"message":"Unauthenticated","extensions":{"code":"UNAUTHENTICATED","refused":"tenant"}}],"data":null}' }, 'This key may not use the tenant any more.'],
};
const endsSession = ['HTTP 401', 'a malformed header', 'a tenant that was taken away'];

test('what goes wrong is said in plain sentences', async (t) => {
  let tab;
  for (const [name, [answer, sentence]] of Object.entries(answers)) {
    await t.test(name, async () => {
      tab ??= await signedIn('#data');
      const { page } = tab;
      const ends = endsSession.includes(name);
      await page.route('**/graphql', (route) => route.fulfill(answer));
      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.getByRole('alert').getByText(sentence).waitFor();
      await page.unroute('**/graphql');
      assert.equal(await page.getByLabel('API key').isVisible(), ends);
      assert.equal(await page.getByRole('button', { name: 'Try again' }).isVisible(), !ends);
      if (ends) {
        await done(tab, { messages: ['Failed to load resource'] });
        tab = undefined;
        return;
      }
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('16 secrets.', { exact: true }).waitFor();
      assert.equal(await page.getByRole('alert').textContent(), '');
    });
  }
  if (tab) await done(tab, { messages: ['Failed to load resource'] });
});

test('what was read stays where the rest cannot be read', async () => {
  const tab = await open(browser, `${store.url}/#many`);
  const { page } = tab;
  let asked = 0;
  await page.route('**/graphql', (route) => (++asked === 5 ? route.fulfill({ status: 429, headers: { 'Retry-After': '7' } }) : route.continue()));
  await enter(page, store.keys.planner);
  await problem(page).getByText('Try again in 7 seconds.').waitFor();
  await page.getByText('10,000 secrets, the first 100 shown. Stopped reading who wrote them: 2,000 done.').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('#table[aria-busy=false]').waitFor();
  assert.equal(asked, 2 + 10 + 1);
  await done(tab, { messages: ['Failed to load resource'] });
});

test('a key that no header can hold', async () => {
  const tab = await open(browser, store.url);
  for (const key of ['two words', 'schlüssel', '“pfs_ABC”']) {
    await enter(tab.page, key);
    await problem(tab.page).getByText('That is not a key').waitFor();
  }
  assert.equal(tab.seen.requests.filter((r) => r.method() === 'POST').length, 0);
  await done(tab);
});

test('each look is in the audit log, and no key is in any log', async () => {
  const tab = await signedIn('#data');
  await done(tab);
  const log = store.log();
  assert.match(log, /"key":"plans","operation":"secret","tenant":"data"[^\n]*"outcome":"ok"/);
  assert.match(log, /"key":"agent","operation":"secrets_api"/);
  for (const text of [...everyKey(), canary]) assert.ok(!log.includes(text), 'a log has a key or a value');
});
