// The page where the server is slow, fails, or holds much, and where people are quicker
// than answers. The API is a fake; the page and its headers are the server's.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkAccessible, checkHarmless, checkLayout, launch, look, open, views } from './browser.js';
import { fakeAPI } from './fake.js';
import { startServe } from './store.js';

const [bin, work] = process.argv.slice(-2);
const small = { name: 'light-360x300', colorScheme: 'light', viewport: { width: 360, height: 300 } };
const tooMany = { status: 429, headers: { 'Retry-After': '9' }, body: '' };
const busy = { status: 503, body: '' };
let browser, serve;

before(async () => {
  [browser, serve] = await Promise.all([launch(), startServe(bin, join(work, 'run/trouble'), ['--dev', '--page'])]);
});

after(async () => {
  await browser?.close();
  await serve?.stop();
});

const inRows = (page, selector) => page.locator(`#rows ${selector}`);
const problem = (page) => page.getByRole('alert');
const status = (page) => page.getByRole('status');
const searchField = (page) => page.getByLabel('Search names and keys');
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
const isBusy = (page) => page.locator('#table').getAttribute('aria-busy');
const allRead = (page) => page.locator('#table[aria-busy=false]').waitFor({ state: 'attached' });
const goTo = (page, hash) => page.evaluate((to) => (location.hash = to), hash);

/** Enters a key as a form does that is sent twice, whatever the button allows. */
const submit = (page, key) => page.evaluate((text) => {
  document.getElementById('key').value = text;
  document.getElementById('sign-in').requestSubmit();
}, key);

async function opened(fragment = '#data') {
  const tab = await open(browser, `${serve.url}/${fragment}`);
  tab.api = await fakeAPI(tab.page);
  return tab;
}

async function signedIn(fragment, prepare = () => {}) {
  const tab = await opened(fragment);
  await prepare(tab.api);
  await submit(tab.page, 'planner');
  await allRead(tab.page);
  return tab;
}

async function done(tab) {
  await checkHarmless(tab, { keys: ['planner-secret'], messages: ['Failed to load resource'] });
  await tab.context.close();
}

/** Fails if the message lies over what has the focus. */
async function checkFocusIsSeen(page) {
  const covered = await page.evaluate(() => {
    const message = document.getElementById('notice').getBoundingClientRect();
    const at = document.activeElement.getBoundingClientRect();
    return message.height > 0 && at.top < message.bottom && at.bottom > message.top && !document.activeElement.closest('#notice');
  });
  assert.ok(!covered, `the message lies over ${await focused(page)}`);
}

const troubles = {
  async 'signing in'() {
    const tab = await opened();
    tab.api.hold('about');
    await submit(tab.page, 'planner');
    await tab.page.getByRole('button', { name: 'Signing in…' }).waitFor();
    return tab;
  },
  async 'writers fail'() {
    return signedIn('#many', (api) => (api.fail.writers = tooMany));
  },
  async 'an unknown tenant, and writers fail'() {
    return signedIn('#nowhere/DB', (api) => (api.fail.writers = tooMany));
  },
  async 'reading the names'() {
    const tab = await opened();
    tab.api.hold('names');
    await submit(tab.page, 'planner');
    await tab.page.getByText('Reading the names…').waitFor();
    return tab;
  },
};

for (const [state, reach] of Object.entries(troubles)) {
  test(`${state}: harmless, accessible, and fits`, async () => {
    const tab = await reach();
    for (const view of [...views, small]) {
      await look(tab, view);
      await tab.page.screenshot({ path: join(work, 'screenshots', `${state.replaceAll(/\W+/g, '-')}.${view.name}.png`) });
      await checkLayout(tab);
      await checkAccessible(tab);
      await checkFocusIsSeen(tab.page);
    }
    await done(tab);
  });
}

test('a sign-in that is under way shows, and cannot be sent twice', async () => {
  const tab = await opened();
  const { page, api } = tab;
  const answer = api.hold('about');
  await page.getByLabel('API key').fill('planner-secret');
  await press(page, 'Sign in');
  assert.ok(await page.getByRole('button', { name: 'Signing in…' }).isDisabled());
  assert.match(await status(page).textContent(), /Signing in/);
  assert.ok(await status(page).isVisible());
  await page.getByLabel('API key').fill('planner-secret'); // again, since nothing came
  await page.keyboard.press('Enter');
  answer();
  await allRead(page);
  assert.deepEqual(api.asked.filter((line) => line.startsWith('about')), ['about planner-secret']);
  await done(tab); // the second one is nowhere
});

test('a refused sign-in can be tried again', async () => {
  const tab = await opened();
  const { page, api } = tab;
  api.fail.about = busy;
  await submit(page, 'planner');
  await problem(page).getByText('The server is busy.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Sign in', exact: true }).isEnabled());
  assert.equal(await status(page).textContent(), '');
  assert.equal(await focused(page), 'key');
  api.fail = {};
  await page.keyboard.type('planner');
  await page.keyboard.press('Enter');
  await page.getByText('3 secrets.', { exact: true }).waitFor();
  await done(tab);
});

test('of two sign-ins the last one counts, whichever is answered first', async () => {
  for (const firstAnswered of [0, 1]) {
    const tab = await opened();
    const { page, api } = tab;
    const answers = [api.hold('about'), api.hold('about')];
    await submit(page, 'planner-a');
    await page.waitForTimeout(50);
    await submit(page, 'runner-b');
    await page.waitForTimeout(50);
    answers[firstAnswered]();
    await page.waitForTimeout(150);
    assert.equal(await page.locator('#signed-in').isVisible(), false);
    answers[1 - firstAnswered]();
    await problem(page).getByText('“runner-b” is a runner key.').waitFor();
    assert.deepEqual(api.asked, ['about planner-a', 'about runner-b']);
    await done(tab);
  }
});

test('a key without a tenant is told so', async () => {
  const tab = await opened();
  tab.api.fail.about = { json: { data: { secrets_api: { key: 'new', role: 'planner', tenant: '' }, tenant: [] } } };
  await submit(tab.page, 'planner');
  await problem(tab.page).getByText('“new” reaches no tenant.').waitFor();
  assert.ok(await tab.page.getByLabel('API key').isVisible());
  await done(tab);
});

test('after an error, whoever follows a link has the rest read', async () => {
  const tab = await signedIn('#many', (api) => (api.fail.writers = tooMany));
  const { page, api } = tab;
  await problem(page).getByText('Try again in 9 seconds.').waitFor();
  await page.getByText('Stopped reading who wrote them: 0 done.').waitFor();
  await inRows(page, 'a').nth(3).click();
  await problem(page).getByText('Try again in 9 seconds.').waitFor(); // it still fails, and says so
  assert.equal(await isBusy(page), 'false');
  api.fail = {};
  await inRows(page, 'a').nth(4).click();
  await page.getByText('10,002 secrets, the first 100 shown.', { exact: true }).waitFor();
  assert.equal(await problem(page).textContent(), '');
  assert.equal(await page.getByRole('button', { name: 'Try again' }).isVisible(), false);
  await done(tab);
});

test('without the names, a link has them read, and goes to the one', async () => {
  const tab = await signedIn('#data', (api) => (api.fail.names = busy));
  const { page, api } = tab;
  await problem(page).getByText('The server is busy.').waitFor();
  await goTo(page, '#data/DB');
  await problem(page).getByText('The server is busy.').waitFor();
  api.fail = {};
  await press(page, 'Try again');
  await page.getByText('3 secrets.', { exact: true }).waitFor();
  assert.equal(await focused(page), 'DB');
  await done(tab);
});

test('nothing is busy after a failure', async () => {
  for (const kind of ['names', 'writers']) {
    for (const answer of [tooMany, busy, { status: 200, body: '{"data":{}}' }]) {
      const tab = await opened();
      const { page, api } = tab;
      api.fail[kind] = answer;
      await submit(page, 'planner');
      await problem(page).getByText(/\w/).waitFor();
      assert.equal(await isBusy(page), 'false');
      assert.doesNotMatch(await page.locator('#state').textContent(), /^Reading|\. Reading/);
      await done(tab);
    }
  }
});

test('one reader at a time: links followed meanwhile ask for nothing twice', async () => {
  const tab = await opened('#many');
  const { page, api } = tab;
  const answer = api.hold('writers');
  await submit(page, 'planner');
  await api.when('writers');
  for (const i of [2, 5, 7]) await inRows(page, 'a').nth(i).click();
  assert.equal(await isBusy(page), 'true');
  answer();
  await allRead(page);
  assert.equal(api.asked.filter((line) => line.startsWith('writers')).length, 11);
  await done(tab);
});

test('late answers change nothing', async (t) => {
  await t.test('of the tenant before', async () => {
    for (const kind of ['names', 'writers']) {
      const tab = await opened('#data');
      const { page, api } = tab;
      const answer = api.hold(kind);
      await submit(page, 'planner');
      await api.when(kind);
      await goTo(page, '#other');
      await page.getByText('1 secret.', { exact: true }).waitFor();
      answer();
      await page.waitForTimeout(100);
      assert.deepEqual(await inRows(page, 'a').allTextContents(), ['OTHER']);
      assert.equal(await isBusy(page), 'false');
      await done(tab);
    }
  });
  await t.test('of the session before', async () => {
    for (const kind of ['names', 'writers']) {
      const tab = await opened('#data');
      const { page, api } = tab;
      const answer = api.hold(kind);
      await submit(page, 'planner');
      await api.when(kind);
      await press(page, 'Sign out');
      answer();
      await page.waitForTimeout(100);
      assert.equal(await inRows(page, 'a').count(), 0);
      assert.equal(await status(page).textContent(), '');
      assert.equal(await page.locator('#table').isVisible(), false);
      assert.equal(await focused(page), 'key');
      await done(tab);
    }
  });
  await t.test('of the refresh before', async () => {
    const tab = await signedIn('#data');
    const { page, api } = tab;
    const answer = api.hold('names');
    await press(page, 'Refresh');
    await page.getByText('Reading the names…').waitFor();
    await press(page, 'Refresh');
    await page.getByText('3 secrets.', { exact: true }).waitFor();
    api.names.data = ['LATE'];
    answer();
    await page.waitForTimeout(100);
    assert.deepEqual(await inRows(page, 'a').allTextContents(), ['A', 'B', 'DB']);
    await done(tab);
  });
});

// Each is drawn as nothing, as a space, or in another order than it is stored.
const unseen = [
  0x0, 0x7, 0x9, 0xa, 0xd, 0x7f, 0x85, 0xa0, 0xad, 0x332, 0x34f, 0x61c, 0x115f, 0x1160, 0x1680, 0x17b4, 0x17b5, 0x180b, 0x180c,
  0x180d, 0x180e, 0x180f, 0x2000, 0x2003, 0x2007, 0x2009, 0x200a, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029,
  0x202a, 0x202e, 0x202f, 0x205f, 0x2060, 0x2061, 0x2064, 0x2065, 0x2066, 0x2069, 0x206a, 0x206f, 0x2800, 0x3000, 0x3164,
  0xe000, 0xfdd0, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfff0, 0xfff8, 0xfff9, 0xfffb, 0xfffc, 0xffff, 0x13441, 0x13442,
  0x16fe4, 0x1bca0, 0x1bca3, 0x1d159, 0x1d173, 0x1d17a, 0xe0000, 0xe0001, 0xe0020, 0xe007f, 0xe0100, 0xe01ef, 0xe0fff, 0x10ffff,
].map((code) => [String.fromCodePoint(code), `\\u{${code.toString(16)}}`]);

test('what nobody would see is shown, in names, tenants, keys and messages', async () => {
  const tab = await opened('#data');
  const { page, api } = tab;
  const names = { DB: 'DB', 'a b': 'a b', 'é ß 密 ü': 'é ß 密 ü', 'C:\\u': 'C:\\u', 'DB\\u{20}': 'DB\\u{5c}u{20}', '\u{1f600}': '\u{1f600}' };
  for (const [c, text] of unseen) Object.assign(names, { [`DB${c}`]: `DB${text}`, [`${c}DB`]: `${text}DB`, [`D${c}B`]: `D${text}B` });
  Object.assign(names, { 'DB ': 'DB\\u{20}', ' DB': '\\u{20}DB', 'D  B': 'D\\u{20} B', ' ': '\\u{20}' });
  api.names.data = Object.keys(names).sort();
  api.writer = () => 'ci\u3164';
  await submit(page, 'planner');
  await allRead(page);
  for (let shown = 100; shown < Object.keys(names).length; shown += 100) await press(page, 'Show more');
  assert.deepEqual((await inRows(page, 'a').allTextContents()).sort(), Object.values(names).sort());
  assert.equal(new Set(Object.values(names)).size, Object.keys(names).length);
  assert.equal(await inRows(page, 'td:last-child').first().textContent(), 'ci\\u{3164}');
  api.fail.names = { json: { errors: [{ message: 'no\u202eway\u2065' }] } };
  await press(page, 'Refresh');
  await problem(page).getByText('The server refused the request: no\\u{202e}way\\u{2065}').waitFor();
  await done(tab);
});

test('marks that are piled upon a letter stay in their row', async () => {
  const tab = await signedIn('#data', (api) => (api.names.data = ['A', `B${'\u0301'.repeat(100)}`, 'C']));
  for (const view of [views[0], views[2]]) {
    await look(tab, view);
    const clipped = await inRows(tab.page, 'a').evaluateAll((all) => all.map((a) => {
      for (let e = a; e.id !== 'rows'; e = e.parentElement) if (getComputedStyle(e).overflowY === 'clip') return true;
      return false;
    }));
    assert.deepEqual(clipped, [true, true, true]);
    await tab.page.screenshot({ path: join(work, 'screenshots', `marks.${view.name}.png`) });
  }
  await done(tab);
});

test('a refresh reads again, and changes nothing else', async () => {
  const tab = await signedIn('#many/NAME_007777');
  const { page, api } = tab;
  assert.equal(await focused(page), 'NAME_007777');
  await searchField(page).fill('NAME_0001');
  await page.getByText('100 of 10,002 secrets.').waitFor();
  await page.locator('#rows tr').first().evaluate((row) => (row.mine = true));
  const before = api.asked.length;
  await press(page, 'Refresh');
  await allRead(page);
  assert.equal(api.asked.length, before + 1 + 11);
  assert.equal(await searchField(page).inputValue(), 'NAME_0001');
  assert.equal(await inRows(page, 'tr').count(), 100);
  assert.equal(await focused(page), 'refresh');
  assert.ok(await page.locator('#rows tr').first().evaluate((row) => row.mine), 'the rows are other nodes');
  await done(tab);
});

test('a refresh shows what is new, what is gone, and what was written again', async () => {
  const tab = await signedIn('#data/B');
  const { page, api } = tab;
  api.names.data = ['AA', 'DB'];
  api.writer = () => 'another';
  await press(page, 'Refresh');
  await problem(page).getByText('This key sees no “B” in data.').waitFor();
  await page.getByText('2 secrets.', { exact: true }).waitFor();
  assert.deepEqual(await inRows(page, 'a').allTextContents(), ['AA', 'DB']);
  assert.deepEqual(await inRows(page, 'td:last-child').allTextContents(), ['another', 'another']);
  assert.equal(await focused(page), 'refresh');
  await done(tab);
});

test('the message does not lie over what has the focus', async () => {
  for (const view of [small, { ...small, viewport: { width: 320, height: 256 } }, views[2], views[0]]) {
    const tab = await signedIn('#many', (api) => (api.fail.writers = tooMany));
    const { page } = tab;
    await look(tab, view);
    await page.evaluate(() => scrollTo(0, 500));
    await searchField(page).focus();
    await checkFocusIsSeen(page);
    for (const i of [40, 20, 19, 3, 0]) { // upwards, where the message is
      await inRows(page, 'a').nth(i).focus();
      await checkFocusIsSeen(page);
    }
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Shift+Tab');
      await checkFocusIsSeen(page);
    }
    await inRows(page, 'a').nth(50).focus();
    await inRows(page, 'a').nth(50).evaluate((a) => a.scrollIntoView({ block: 'start' }));
    await page.evaluate(() => scrollBy(0, 190));
    await page.evaluate(() => document.getElementById('refresh').onclick()); // it fails, with the focus at the top
    await problem(page).getByText('Too many requests').waitFor();
    await checkFocusIsSeen(page);
    await done(tab);
  }
});

test('a link to any name is followed, in a list of any length', async () => {
  for (const name of ['NAME_999999\ny', 'NAME_007777', 'NAME_x']) {
    const tab = await signedIn(`#many/${encodeURIComponent(name)}`);
    const { page } = tab;
    const link = inRows(page, '[aria-current=true] a');
    assert.equal(await link.textContent(), name.replace('\n', '\\u{a}'));
    assert.ok(await link.evaluate((e) => e === document.activeElement));
    assert.equal(await status(page).textContent(), '10,002 secrets, the first 100 shown.');
    assert.equal(await problem(page).textContent(), '');
    await page.goto(`${serve.url}/#many/NAME_000001`); // in the same document
    await inRows(page, '[aria-current=true]').getByText('NAME_000001').waitFor();
    assert.equal(await inRows(page, 'tr').count(), 100);
    await searchField(page).fill('NAME_x');
    await page.getByText('1 of 10,002 secrets.').waitFor();
    await goTo(page, '#many/NAME_000002'); // which the search does not find
    await inRows(page, '[aria-current=true]').getByText('NAME_000002').waitFor();
    assert.equal(await searchField(page).inputValue(), '');
    await done(tab);
  }
});

test('an unknown tenant is said before anything is read, and beside what fails', async () => {
  const tab = await opened('#nowhere/DB');
  const { page, api } = tab;
  const answers = [api.hold('names'), api.hold('writers')];
  await submit(page, 'planner');
  const sentence = 'This key does not reach a tenant “nowhere”.';
  await problem(page).getByText(sentence).waitFor();
  answers[0]();
  await api.when('writers');
  await problem(page).getByText(sentence).waitFor();
  api.fail.writers = busy;
  answers[1]();
  await problem(page).getByText('The server is busy.').waitFor();
  await problem(page).getByText(sentence).waitFor();
  api.fail = {};
  await press(page, 'Try again');
  await page.getByText('3 secrets.', { exact: true }).waitFor();
  assert.equal(await problem(page).textContent(), sentence);
  await goTo(page, '#other');
  await page.getByText('1 secret.', { exact: true }).waitFor();
  assert.equal(await problem(page).textContent(), '');
  await done(tab);
});

test('while 10,000 writers are read, rows stay and little is read out', async () => {
  const tab = await opened('#many');
  const { page, api } = tab;
  const answer = api.hold('writers');
  await submit(page, 'planner');
  await api.when('writers');
  await page.evaluate(() => {
    window.seen = { rows: 0, status: [] };
    new MutationObserver((all) => (window.seen.rows += all.length)).observe(document.getElementById('rows'), { childList: true });
    const status = document.querySelector('[role=status]');
    new MutationObserver(() => window.seen.status.push(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true });
    getSelection().selectAllChildren(document.querySelector('#rows tr:nth-child(3) a'));
  });
  await page.locator('#rows tr:nth-child(3)').hover();
  answer();
  await allRead(page);
  const seen = await page.evaluate(() => ({ ...window.seen, selected: String(getSelection()) }));
  assert.deepEqual(seen, { rows: 0, status: ['10,002 secrets, the first 100 shown.'], selected: 'NAME_000002' });
  assert.ok(!(await inRows(page, 'td').allTextContents()).includes('…'));
  await done(tab);
});

test('while writers are read, a list in their order is sorted at its end', async () => {
  const tab = await opened('#many');
  const { page, api } = tab;
  api.writer = (name) => (name === 'NAME_009999' ? 'a-first' : 'b');
  const answer = api.hold('writers');
  await submit(page, 'planner');
  await api.when('writers');
  await press(page, 'By key');
  answer();
  await allRead(page);
  assert.equal(await inRows(page, 'a').first().textContent(), 'NAME_009999');
  await press(page, 'By key');
  assert.equal(await inRows(page, 'a').first().textContent(), 'NAME_000000');
  assert.equal(await inRows(page, 'td:last-child').first().textContent(), 'b');
  await done(tab);
});

test('the focus is never lost', async () => {
  const tab = await signedIn('#data/DB', (api) => (api.fail.writers = busy));
  const { page, api } = tab;
  await problem(page).getByText('The server is busy.').waitFor();
  const release = api.hold('writers');
  await press(page, 'Try again');
  assert.equal(await focused(page), 'names-title');
  api.fail = {};
  release();
  await allRead(page);
  await inRows(page, 'a').last().focus();
  await goTo(page, '#other');
  await page.getByText('1 secret.', { exact: true }).waitFor();
  assert.equal(await focused(page), 'names-title');
  await page.getByRole('button', { name: 'By key' }).focus();
  api.names.other = [];
  await page.evaluate(() => document.getElementById('refresh').onclick());
  await page.getByText('There are no secrets here').waitFor();
  assert.equal(await focused(page), 'names-title');
  await done(tab);
});

test('names that arrive late do not take the focus from who types', async () => {
  const tab = await opened('#data/DB');
  const { page, api } = tab;
  const answer = api.hold('names');
  await submit(page, 'planner');
  await api.when('names');
  await searchField(page).fill('A');
  answer();
  await allRead(page);
  assert.equal(await focused(page), 'search');
  assert.equal(await searchField(page).inputValue(), 'A');
  await done(tab);
});

test('names look like links', async () => {
  const tab = await signedIn('#data/DB');
  for (const view of views.slice(0, 2)) {
    await look(tab, view);
    const contrasts = await inRows(tab.page, 'a').evaluateAll((all) => all.map((a) => {
      const luminance = (color) => {
        const [r, g, b] = color.match(/[\d.]+/g).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      let behind = a;
      while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
      const [low, high] = [getComputedStyle(a).textDecorationColor, getComputedStyle(behind).backgroundColor].map(luminance).sort((x, y) => x - y);
      return (high + 0.05) / (low + 0.05);
    }));
    assert.equal(contrasts.length, 3);
    for (const contrast of contrasts) assert.ok(contrast >= 3, `${view.name}: the underline has ${contrast}:1`);
  }
  await done(tab);
});

test('a link to a tenant is to none of its names', async () => {
  const tab = await signedIn('#data', (api) => (api.names.data = ['', 'A']));
  assert.equal(await inRows(tab.page, 'tr').count(), 2);
  assert.equal(await tab.page.locator('[aria-current]').count(), 0);
  await done(tab);
});

test('after 30 minutes without a key press or a click the key is gone', async () => {
  const tab = await opened('#data');
  const { page, api } = tab;
  await page.clock.install();
  await page.reload();
  await submit(page, 'planner-secret');
  await page.getByText('3 secrets.', { exact: true }).waitFor();
  await page.clock.fastForward('29:30');
  await problem(page).getByText('This page forgets the key in a minute').waitFor();
  await page.keyboard.press('Shift'); // as simple as that
  assert.equal(await problem(page).textContent(), '');
  await page.clock.fastForward('29:30');
  await page.locator('h1').click();
  assert.equal(await problem(page).textContent(), '');
  await page.clock.fastForward('28:00');
  assert.ok(await page.locator('#signed-in').isVisible());
  await page.clock.fastForward('03:00');
  await problem(page).getByText('Nobody used this page for 30 minutes, so it has forgotten the key.').waitFor();
  assert.ok(await page.getByLabel('API key').isVisible());
  assert.equal(await inRows(page, 'a').count(), 0);
  const asked = api.asked.length;
  await goTo(page, '#other');
  await page.waitForTimeout(50);
  assert.equal(api.asked.length, asked);
  await page.getByLabel('API key').fill('planner-secret'); // and left there
  await page.clock.fastForward('31:00');
  assert.equal(await page.getByLabel('API key').inputValue(), '');
  await done(tab);
});

// As after a night's sleep: the clock moved on, and no timer ran.
test('what a person does after 30 minutes is not done with the key', async () => {
  const tab = await signedIn('#data');
  const { page, api } = tab;
  await page.evaluate(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 31 * 60_000;
  });
  const asked = api.asked.length;
  await press(page, 'Refresh');
  await problem(page).getByText('Nobody used this page for 30 minutes').waitFor();
  assert.equal(api.asked.length, asked);
  assert.ok(await page.getByLabel('API key').isVisible());
  await done(tab);
});

