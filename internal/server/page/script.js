// A read-only list of names. The key is in this module's memory and nowhere else.
// Whatever the server says becomes text, never markup.

const $ = (id) => document.getElementById(id);
const piece = 100; // rows drawn at a time
const batch = 1000; // names whose writers are asked for at a time

let key = '';
let about = null; // what the API says about the key
let tenants = [];
let tenant = null;
let secrets = []; // {name, time, writer}; time is undefined until it is known
let listed = false; // whether secrets are all that there are
let sort = { column: 'name', down: false };
let drawn = piece;
let linked = ''; // the name in the URL's fragment
let work = new AbortController(); // ends what an earlier view asked for

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

async function ask(query, variables) {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` };
  if (tenant) headers['X-Prefect-Tenant-Id'] = tenant.id;
  const body = JSON.stringify({ query, variables });
  const { signal } = work;
  try {
    const response = await fetch('graphql', { method: 'POST', headers, body, signal, cache: 'no-store', redirect: 'error' });
    const text = await response.text();
    signal.throwIfAborted();
    return readAnswer(response, text);
  } catch (e) {
    signal.throwIfAborted();
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
  if (answer?.errors) throw problemOf(answer.errors[0]);
  if (!answer?.data) throw new Problem(`What answered is not the secrets API (HTTP ${response.status}): perhaps a proxy or a login page.`);
  return answer.data;
}

function problemOf(error) {
  const { code, refused } = error?.extensions ?? {};
  if (refused === 'tenant') return new Problem('This key may not use the tenant any more.', true);
  // About a malformed header the API says a string.
  if (code === 'UNAUTHENTICATED' || typeof error === 'string') return refusedKey();
  if (code === 'API_ERROR') return new Problem('The store does not answer at the moment. Try again.');
  return new Problem('The server refused the request: ' + error?.message);
}

const refusedKey = () =>
  new Problem('The server does not accept this key: it is wrong, has expired, or is of another server.', true);

function tryAgain(response) {
  const after = response.headers.get('Retry-After') ?? '';
  const seconds = /^\d+$/.test(after) ? Number(after) : Math.ceil((Date.parse(after) - Date.now()) / 1000);
  return seconds > 1 ? `Try again in ${seconds} seconds.` : 'Try again in a moment.';
}

async function signIn(given) {
  if (!/^[\x21-\x7e]+$/.test(given)) throw new Problem('That is not a key: a key is one word of plain letters and digits.');
  key = given;
  const { secrets_api: mine, tenant: reached } = await ask(aboutKey);
  if (mine.role !== 'admin' && mine.role !== 'planner') {
    throw new Problem(`“${shown(mine.key)}” is a ${shown(mine.role)} key. Runner keys read values, which this page never shows: use a planner or admin key.`, true);
  }
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
  work.abort();
  work = new AbortController();
  key = linked = '';
  about = tenant = null;
  tenants = secrets = [];
  listed = false;
  for (const id of ['tenant', 'rows', 'who', 'count', 'problem']) $(id).replaceChildren();
  $('key').value = $('search').value = '';
  $('again').hidden = true;
  document.title = 'prefect-secrets';
  setView(false);
}

function setView(signedIn) {
  $('signed-in').hidden = !signedIn;
  $('signed-out').hidden = signedIn;
  $(signedIn ? 'names-title' : 'key').focus();
}

async function attempt(action) {
  showProblem('');
  $('again').hidden = true;
  try {
    await action();
  } catch (problem) {
    if (problem.name === 'AbortError') return;
    if (!about || problem.keyRefused) signOut();
    else draw();
    $('again').hidden = !about;
    showProblem(problem.sentence ?? 'The answer is not what this page expects. Reload it.');
  }
}

function showProblem(text) {
  $('problem').replaceChildren(...(text ? [element('p', { className: 'problem' }, text)] : []));
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

async function route() {
  const [slug, name] = readLink();
  const found = tenants.find((t) => t.slug === slug);
  const next = found ?? tenants.find((t) => t.slug === about.tenant) ?? tenants[0];
  linked = found ? name : '';
  if (next !== tenant) await load(next);
  else showLinked();
  if (slug && !found) showProblem(`This key does not reach a tenant “${shown(slug)}”.`);
}

// showLinked draws the list so that the linked name is in it, and goes there.
function showLinked() {
  showProblem('');
  if (linked && listed && !secrets.some((s) => s.name === linked)) {
    showProblem(`This key sees no “${shown(linked)}” in ${shown(tenant.slug)}.`);
  } else if (linked && !matches().slice(0, drawn).some((s) => s.name === linked)) {
    $('search').value = linked;
  }
  draw();
  const row = $('rows').querySelector('[aria-current]');
  if (!row || row.contains(document.activeElement)) return;
  row.scrollIntoView({ block: 'center' });
  row.querySelector('a').focus({ preventScroll: true });
}

// Reading

async function load(next) {
  work.abort();
  work = new AbortController();
  listed = false;
  if (next !== tenant) {
    $('search').value = '';
    secrets = [];
    drawn = piece;
  }
  tenant = next;
  $('tenant').value = tenant.id;
  document.title = `${shown(tenant.slug)} · prefect-secrets`;
  draw();
  $('table').ariaBusy = 'true';
  $('count').textContent ||= 'Reading the names…';
  secrets = (await ask(allNames)).secret.map(({ name }) => ({ name }));
  listed = true;
  showLinked();
  await readWriters();
}

// In pieces, since some stores need a request of their own for each name.
async function readWriters() {
  for (;;) {
    const some = secrets.filter((s) => s.time === undefined).slice(0, batch);
    if (!some.length) break;
    const { secret } = await ask(writers, { first: some[0].name, last: some.at(-1).name });
    const known = new Map(secret.map((s) => [s.name, s]));
    for (const s of some) {
      const info = known.get(s.name); // a name may be gone meanwhile
      s.time = Date.parse(info?.updated) || 0;
      s.writer = info?.updated_by ?? '';
    }
    draw();
  }
  $('table').ariaBusy = 'false';
}

// Drawing

const { compare } = new Intl.Collator(undefined, { numeric: true });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const orders = {
  name: (a, b) => compare(a.name, b.name),
  time: (a, b) => a.time - b.time,
  writer: (a, b) => compare(a.writer, b.writer),
};

function matches() {
  const search = $('search').value.trim();
  const words = search.toLowerCase().split(/\s+/);
  const found = secrets.filter((s) => {
    const text = (s.name + '\n' + (s.writer ?? '')).toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const order = orders[sort.column];
  const exact = (s) => s.name !== search; // first, so that a link finds it
  const unknown = (s) => !s[sort.column]; // last in both directions
  return found.sort((a, b) => exact(a) - exact(b) || unknown(a) - unknown(b) ||
    (unknown(a) ? 0 : sort.down ? order(b, a) : order(a, b)) || orders.name(a, b));
}

function draw() {
  const found = matches();
  const some = found.slice(0, drawn);
  const focused = $('rows').contains(document.activeElement) && document.activeElement.hash;
  $('rows').replaceChildren(...some.map(row));
  if (focused) [...$('rows').querySelectorAll('a')].find((a) => a.hash === focused)?.focus({ preventScroll: true });
  $('table').hidden = !some.length;
  $('more').hidden = found.length <= drawn;
  $('count').textContent = countText(found.length, some.length);
}

function countText(found, visible) {
  const count = (n) => `${n.toLocaleString()} ${n === 1 ? 'secret' : 'secrets'}`;
  const all = secrets.length;
  if (!all) return listed ? 'There are no secrets here that this key reaches.' : '';
  let text = found === all ? count(all) : `${found.toLocaleString()} of ${count(all)}`;
  if (visible < found) text += `, the first ${visible.toLocaleString()} shown`;
  const read = secrets.filter((s) => s.time !== undefined).length;
  if (read < all) text += `. Reading who wrote them: ${read.toLocaleString()} done`;
  return text + '.';
}

function row(s) {
  const link = element('a', { href: `#${encodeURIComponent(tenant.slug)}/${encodeURIComponent(s.name)}` }, shown(s.name));
  const unknown = s.time === undefined ? '…' : 'unknown';
  const iso = new Date(s.time || 0).toISOString();
  return element('tr', { role: 'row', ariaCurrent: s.name === linked ? 'true' : null },
    element('th', { scope: 'row', role: 'rowheader' }, link),
    element('td', { role: 'cell' }, s.time ? element('time', { dateTime: iso, title: iso }, day.format(s.time)) : unknown),
    element('td', { role: 'cell' }, shown(s.writer) || unknown));
}

function element(tag, properties, ...children) {
  const e = Object.assign(document.createElement(tag), properties);
  e.append(...children);
  return e;
}

// shown makes characters visible that would hide or reorder others.
const shown = (text) =>
  String(text ?? '').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

// Events

$('plain').hidden = isSecureContext;
$('sign-in').onsubmit = (event) => {
  event.preventDefault();
  const given = $('key').value.trim();
  $('key').value = '';
  attempt(() => signIn(given));
};
$('sign-out').onclick = signOut;
$('refresh').onclick = () => attempt(() => load(tenant));
$('again').onclick = () => attempt(() => (listed ? readWriters() : load(tenant)));
$('tenant').onchange = (event) => {
  location.hash = encodeURIComponent(tenants[event.target.selectedIndex].slug);
};
let typing;
$('search').oninput = () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    drawn = piece;
    draw();
  }, 150);
};
$('more').onclick = () => {
  drawn += piece;
  draw();
  $('rows').rows[drawn - piece].querySelector('a').focus();
};
for (const button of document.querySelectorAll('[data-column]')) {
  button.onclick = () => {
    const column = button.dataset.column;
    sort = { column, down: sort.column === column ? !sort.down : column === 'time' };
    document.querySelector('[aria-sort]').ariaSort = null;
    button.parentElement.ariaSort = sort.down ? 'descending' : 'ascending';
    draw();
  };
}
addEventListener('hashchange', () => key && about && attempt(route));
addEventListener('pagehide', signOut); // a page that the browser keeps for "back" has no key
