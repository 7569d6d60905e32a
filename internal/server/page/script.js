// A read-only list of names. The key is in this module's memory and nowhere else.
// Whatever the server says becomes text, never markup.

const $ = (id) => document.getElementById(id);
const piece = 100; // rows drawn at a time
const batch = 1000; // names whose writers are asked for at a time
const patience = 120_000; // ms for an answer
const idle = 30 * 60_000; // ms without a key press or click that end the session

let key = '';
let about = null; // what the API says about the key
let tenants = [];
let tenant = null;
let secrets = []; // {name, rank, time, writer, row} in the server's order; time is undefined until it is known
let sorted = null; // the same in the order of the list, or null until that is needed
let listed = false; // whether secrets are all that there are
let known = 0; // how many of them, from the first on, have been asked about
let sort = { column: 'name', down: false };
let drawn = piece;
let stray = ''; // the tenant in the URL's fragment that the key does not reach
let linked = ''; // the name in the URL's fragment
let seeking = false; // whether the list has yet to go there
let failure = '';
let used = Date.now(); // when a person last did something
let work = new AbortController(); // ends what an earlier view asked for
let reading = false;

// A sentence for the person, and whether the key is the reason.
class Problem {
  constructor(sentence, keyRefused) {
    Object.assign(this, { sentence, keyRefused });
  }
}

const aboutKey = `{ secrets_api { key role tenant } tenant(order_by: [{slug: asc}]) { id slug name } }`;
const allNames = `{ secret(order_by: [{name: asc}]) { name } }`;
const writers = `query($first: String, $last: String) {
  secret(where: {name: {_gte: $first, _lte: $last}}) { name updated updated_by }
}`;

// begin ends what was asked for before: its answers change nothing any more.
function begin() {
  work.abort();
  work = new AbortController();
  reading = false;
}

async function ask(query, variables) {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` };
  if (tenant) headers['X-Prefect-Tenant-Id'] = tenant.id;
  const body = JSON.stringify({ query, variables });
  const view = work.signal;
  const signal = AbortSignal.any([view, AbortSignal.timeout(patience)]);
  try {
    const response = await fetch('graphql', { method: 'POST', headers, body, signal, cache: 'no-store', redirect: 'error' });
    const text = await response.text();
    view.throwIfAborted();
    return readAnswer(response, text);
  } catch (e) {
    view.throwIfAborted();
    throw e instanceof Problem ? e : new Problem('The server did not answer. Check your connection and try again.');
  }
}

function readAnswer(response, text) {
  if (response.status === 401) throw refusedKey();
  if (response.status === 429) throw new Problem('Too many requests. ' + tryAgain(response));
  if (response.status === 503) throw new Problem('The server is busy. ' + tryAgain(response));
  let answer = null;
  try {
    answer = JSON.parse(text);
  } catch {}
  const error = answer?.errors?.[0];
  if (error) throw problemOf(error);
  if (!answer?.data) throw new Problem(`What answered is not the secrets API (HTTP ${response.status}): perhaps a proxy or a login page.`);
  return answer.data;
}

function problemOf(error) {
  const { code, refused } = error.extensions ?? {};
  if (refused === 'tenant') return new Problem('This key may not use the tenant any more.', true);
  // About a malformed header the API says a string.
  if (code === 'UNAUTHENTICATED' || typeof error === 'string') return refusedKey();
  if (code === 'API_ERROR') return new Problem('The store does not answer at the moment. Try again.');
  return new Problem('The server refused the request: ' + shown(error.message || 'it does not say why.'));
}

const refusedKey = () =>
  new Problem('The server does not accept this key: it is wrong, has expired, or is of another server.', true);

function tryAgain(response) {
  const after = response.headers.get('Retry-After') ?? '';
  const seconds = /^\d+$/.test(after) ? Number(after) : Math.ceil((Date.parse(after) - Date.now()) / 1000);
  return seconds > 1 ? `Try again in ${seconds} seconds.` : 'Try again in a moment.';
}

// The session

async function signIn(given) {
  if (!/^[\x21-\x7e]+$/.test(given)) throw new Problem('That is not a key: a key is one word of plain letters and digits.');
  begin();
  key = given;
  setSigningIn(true);
  const { secrets_api: mine, tenant: reached } = await ask(aboutKey);
  if (mine.role !== 'admin' && mine.role !== 'planner') {
    throw new Problem(`“${shown(mine.key)}” is a ${shown(mine.role)} key. Runner keys read values, which this page never shows: use a planner or admin key.`, true);
  }
  if (!reached.length) throw new Problem(`“${shown(mine.key)}” reaches no tenant.`, true);
  about = mine;
  tenants = reached;
  $('tenant').replaceChildren(...tenants.map(tenantOption));
  $('who').textContent = `${shown(about.key)} (${about.role})`;
  setView(true);
  await route();
}

const tenantOption = ({ id, name, slug }) =>
  element('option', { value: id }, shown(name && name !== slug ? `${name} (${slug})` : slug));

function signOut() {
  begin();
  clearTimeout(typing);
  key = stray = linked = failure = '';
  about = tenant = sorted = null;
  tenants = secrets = [];
  listed = seeking = false;
  for (const id of ['tenant', 'rows', 'who', 'progress']) $(id).replaceChildren();
  $('search').value = '';
  $('again').hidden = $('table').hidden = $('more').hidden = true;
  $('table').ariaBusy = null;
  document.title = 'prefect-secrets';
  showProblems();
  setView(false);
}

function setView(signedIn) {
  setSigningIn(false);
  $('key').value = '';
  $('signed-in').hidden = !signedIn;
  $('signed-out').hidden = signedIn;
  $(signedIn ? 'names-title' : 'key').focus();
}

function setSigningIn(busy) {
  $('enter').disabled = busy;
  $('enter').textContent = busy ? 'Signing in…' : 'Sign in';
  setText('count', busy ? 'Signing in: waiting for the server.' : '');
}

const idleFor = () => (key || $('key').value ? Date.now() - used : 0);

// checkIdle reports whether it ended the session.
function checkIdle() {
  const over = idleFor() >= idle;
  if (over) {
    signOut();
    failure = 'Nobody used this page for 30 minutes, so it has forgotten the key.';
  }
  showProblems();
  return over;
}

async function attempt(action) {
  if (document.activeElement === $('again')) $('names-title').focus();
  $('again').hidden = true;
  failure = '';
  showProblems();
  try {
    await action();
  } catch (problem) {
    if (problem.name === 'AbortError') return;
    if (!about || problem.keyRefused) signOut();
    $('again').hidden = !about;
    failure = problem.sentence ?? 'The answer is not what this page expects. Reload it.';
    showProblems();
  }
}

let said = '';

// showProblems shows what the link, the last attempt and the clock have to say.
function showProblems() {
  const ending = idleFor() >= idle - 60_000 && 'This page forgets the key in a minute, unless you press a key or click.';
  const sentences = [linkProblem(), failure, ending].filter(Boolean);
  if (sentences.join() === said) return;
  said = sentences.join();
  $('problem').replaceChildren(...sentences.map((text) => element('p', { className: 'problem' }, text)));
  // The message must not lie over what has the focus.
  if (document.activeElement !== document.body) document.activeElement.scrollIntoView({ block: 'nearest' });
}

function linkProblem() {
  if (stray) return `This key does not reach a tenant “${shown(stray)}”.`;
  if (linked && listed && !secrets.some(isLinked)) return `This key sees no “${shown(linked)}” in ${shown(tenant.slug)}.`;
  return '';
}

// Which tenant and name: #tenant/name

function readLink() {
  const [slug, ...rest] = location.hash.slice(1).split('/');
  try {
    return [slug, rest.join('/')].map(decodeURIComponent);
  } catch {
    return ['', ''];
  }
}

const isLinked = (s) => linked !== '' && s.name === linked;

async function route() {
  const [slug, name] = readLink();
  const found = tenants.find((t) => t.slug === slug);
  stray = found ? '' : slug;
  linked = found ? name : '';
  const next = found ?? tenants.find((t) => t.slug === about.tenant) ?? tenants[0];
  if (next !== tenant) choose(next);
  seek();
  await read();
}

function choose(next) {
  begin();
  tenant = next;
  secrets = [];
  sorted = null;
  listed = false;
  drawn = piece;
  $('search').value = '';
  $('tenant').value = tenant.id;
  document.title = `${shown(tenant.slug)} · prefect-secrets`;
}

// seek draws the list so that the linked name is in it, and goes there.
function seek() {
  seeking = !listed;
  if (secrets.some(isLinked) && !matches().some(isLinked)) $('search').value = '';
  draw();
  const row = $('rows').querySelector('[aria-current]');
  if (!row || row.contains(document.activeElement)) return;
  row.scrollIntoView({ block: 'center' });
  row.querySelector('a').focus({ preventScroll: true });
}

// Reading

// read reads what is missing, unless that is under way.
async function read() {
  if (reading) return;
  const { signal } = work;
  reading = true;
  $('table').ariaBusy = 'true';
  draw();
  try {
    if (!listed) await readNames();
    await readWriters();
  } finally {
    if (!signal.aborted) {
      reading = false;
      $('table').ariaBusy = 'false';
      draw();
    }
  }
}

function refresh() {
  begin();
  listed = false;
  return read();
}

// readNames keeps what is known about a name until it is read again.
async function readNames() {
  const { secret } = await ask(allNames);
  const before = new Map(secrets.map((s) => [s.name, s]));
  secrets = secret.map(({ name }) => before.get(name) ?? { name });
  [...secrets].sort((a, b) => compare(a.name, b.name)).forEach((s, i) => (s.rank = i));
  sorted = null;
  listed = true;
  known = 0;
  if (seeking) seek();
  else draw();
}

// In pieces, since some stores need a request of their own for each name.
async function readWriters() {
  while (known < secrets.length) {
    const some = secrets.slice(known, known + batch);
    const { secret } = await ask(writers, { first: some[0].name, last: some.at(-1).name });
    const answers = new Map(secret.map((s) => [s.name, s]));
    for (const s of some) learn(s, answers.get(s.name)); // a name may be gone meanwhile
    known += some.length;
    if (sort.column !== 'name') sorted = null;
    if (Date.now() - drawnAt >= 1000) draw();
    else showProgress();
  }
}

function learn(s, answer) {
  const time = Date.parse(answer?.updated) || 0;
  const writer = answer?.updated_by ?? '';
  if (time === s.time && writer === s.writer) return;
  Object.assign(s, { time, writer });
  if (s.row) fill(s);
}

// Drawing

const { compare } = new Intl.Collator(undefined, { numeric: true });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const orders = {
  name: (a, b) => a.rank - b.rank,
  time: (a, b) => a.time - b.time,
  writer: (a, b) => (a.writer === b.writer ? 0 : compare(a.writer, b.writer)),
};
let drawnAt = 0;

function inOrder() {
  const order = orders[sort.column];
  const unknown = (s) => !s[sort.column]; // last in both directions
  return [...secrets].sort((a, b) => unknown(a) - unknown(b) ||
    (unknown(a) ? 0 : sort.down ? order(b, a) : order(a, b)) || a.rank - b.rank);
}

function matches() {
  sorted ??= inOrder();
  const words = $('search').value.toLowerCase().match(/\S+/g) ?? [];
  const found = sorted.filter((s) => words.every((word) => `${s.name}\n${s.writer ?? ''}`.toLowerCase().includes(word)));
  // The linked name comes first if it would not be drawn.
  const at = found.findIndex(isLinked);
  if (at >= drawn) found.unshift(...found.splice(at, 1));
  return found;
}

function draw() {
  const found = matches();
  const some = found.slice(0, drawn);
  const focused = document.activeElement;
  showProblems();
  drawRows(some.map(row));
  $('table').hidden = !some.length;
  $('more').hidden = found.length <= drawn;
  setText('count', countText(found.length, some.length));
  showProgress();
  if (!focused.getClientRects().length) $('names-title').focus({ preventScroll: true });
  else if (focused !== document.activeElement) focused.focus({ preventScroll: true });
  drawnAt = Date.now();
}

// drawRows leaves the rows that stay where they are: somebody may point at one.
function drawRows(rows) {
  const body = $('rows'), staying = new Set(rows);
  for (const row of [...body.children]) if (!staying.has(row)) row.remove();
  let at = body.firstElementChild;
  for (const row of rows) {
    if (row === at) at = at.nextElementSibling;
    else body.insertBefore(row, at);
  }
}

const missing = () => listed && known < secrets.length;

function countText(found, visible) {
  const count = (n) => `${n.toLocaleString()} ${n === 1 ? 'secret' : 'secrets'}`;
  const all = secrets.length;
  if (reading && !listed) return 'Reading the names…';
  if (!all) return listed ? 'There are no secrets here that this key reaches.' : '';
  let text = found === all ? count(all) : `${found.toLocaleString()} of ${count(all)}`;
  if (visible < found) text += `, the first ${visible.toLocaleString()} shown`;
  if (missing()) return `${text}. ${reading ? 'Reading' : 'Stopped reading'} who wrote them`;
  return text + '.';
}

// showProgress is apart from the count, which screen readers read out whenever it changes.
function showProgress() {
  setText('progress', missing() ? `: ${known.toLocaleString()} done.` : '');
}

function row(s) {
  if (!s.row) {
    const href = `#${encodeURIComponent(tenant.slug)}/${encodeURIComponent(s.name)}`;
    s.row = element('tr', { role: 'row' },
      element('th', { scope: 'row', role: 'rowheader' }, element('a', { href }, shown(s.name))),
      element('td', { role: 'cell' }), element('td', { role: 'cell' }));
    fill(s);
  }
  s.row.ariaCurrent = isLinked(s) ? 'true' : null;
  return s.row;
}

function fill({ row, time, writer }) {
  const unknown = time === undefined ? '…' : 'unknown';
  const iso = new Date(time || 0).toISOString();
  row.cells[1].replaceChildren(time ? element('time', { dateTime: iso, title: iso }, day.format(time)) : unknown);
  row.cells[2].textContent = shown(writer) || unknown;
}

function element(tag, properties, ...children) {
  const e = Object.assign(document.createElement(tag), properties);
  e.append(...children);
  return e;
}

function setText(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

// shown makes characters visible that nobody would see, or that would reorder others: those
// that Unicode calls so, some that are drawn as nothing or hidden by the underline, spaces
// that end a text or follow another, and a backslash that would look like one of these.
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u0332\u2800\uFFFC\u{13441}\u{13442}\u{16FE4}\u{1D159}]|(?! )\p{Zs}|^ | $| (?= )|\\(?=u\{)/gu;
const shown = (text) => String(text ?? '').replace(unseen, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

// Events

$('plain').hidden = isSecureContext;
$('sign-in').onsubmit = (event) => {
  event.preventDefault();
  const given = $('key').value.trim();
  $('key').value = '';
  attempt(() => signIn(given));
};
$('sign-out').onclick = signOut;
$('refresh').onclick = () => attempt(refresh);
$('again').onclick = () => attempt(read);
$('tenant').onchange = (event) => {
  location.hash = encodeURIComponent(tenants[event.target.selectedIndex].slug);
};
let typing;
$('search').oninput = () => {
  seeking = false;
  clearTimeout(typing);
  typing = setTimeout(() => {
    drawn = piece;
    draw();
  }, 150);
};
$('more').onclick = () => {
  const last = $('rows').lastElementChild;
  drawn += piece;
  draw();
  (last.nextElementSibling ?? last).querySelector('a').focus();
};
for (const button of document.querySelectorAll('[data-column]')) {
  button.onclick = () => {
    const column = button.dataset.column;
    sort = { column, down: sort.column === column ? !sort.down : column === 'time' };
    sorted = null;
    document.querySelector('[aria-sort]').ariaSort = null;
    button.parentElement.ariaSort = sort.down ? 'descending' : 'ascending';
    draw();
  };
}
addEventListener('hashchange', () => {
  checkIdle();
  if (about) attempt(route);
});
addEventListener('pagehide', signOut); // a page that the browser keeps for "back" has no key
// Not when the pointer goes down: what is under it must not move before the click.
for (const type of ['keydown', 'click']) {
  addEventListener(type, (event) => {
    if (checkIdle()) {
      event.preventDefault();
      event.stopPropagation();
    }
    used = Date.now();
    showProblems();
  }, true);
}
document.addEventListener('visibilitychange', checkIdle);
setInterval(checkIdle, 10_000);
