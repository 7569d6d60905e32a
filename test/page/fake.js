// An API that answers when a test lets it, and what a test wants: for what a real server
// does seldom, such as to be slow, to fail half-way, or to have 100,000 names.
const fakeTenants = ['data', 'many', 'other'].map((slug, i) => ({ id: `t${i}`, slug, name: slug }));

const numbered = Array.from({ length: 10_000 }, (_, i) => `NAME_${String(i).padStart(6, '0')}`);
const manyNames = [...numbered, 'NAME_999999\ny', 'NAME_x'].sort();

const kinds = { secrets_api: 'about', $first: 'writers' };
const kindOf = (query) => kinds[Object.keys(kinds).find((word) => query.includes(word))] ?? 'names';

/**
 * Answers a page's requests. A key that begins with "runner" is one. The result:
 * asked is "KIND KEY TENANT" of each request, names are those of each tenant, fail is
 * an answer by kind in place of the data, hold(kind) keeps the next request of a kind
 * waiting until what it returns is called, and when(kind) waits for a request.
 */
export async function fakeAPI(page) {
  const held = [];
  const api = {
    asked: [], fail: {}, writer: (name) => `key-${name.length}`,
    names: { data: ['A', 'B', 'DB'], many: manyNames, other: ['OTHER'] },
    hold(kind) {
      let release;
      held.push({ kind, until: new Promise((resolve) => (release = resolve)) });
      return release;
    },
    async when(kind) {
      while (!api.asked.some((line) => line.startsWith(kind))) await page.waitForTimeout(10);
    },
  };
  await page.route('**/graphql', async (route) => {
    const { query, variables } = route.request().postDataJSON();
    const { authorization, 'x-prefect-tenant-id': id } = route.request().headers();
    const kind = kindOf(query), key = authorization.slice('Bearer '.length);
    const tenant = fakeTenants.find((t) => t.id === id)?.slug ?? '';
    api.asked.push(`${kind} ${key} ${tenant}`.trim());
    const at = held.findIndex((h) => h.kind === kind);
    if (at >= 0) await held.splice(at, 1)[0].until;
    const answer = api.fail[kind] ?? { json: { data: api.answers[kind](key, api.names[tenant], variables) } };
    await route.fulfill(answer).catch(() => {}); // the page may have given up
  });
  api.answers = {
    about: (key) => ({
      secrets_api: { key: key.replace('-secret', ''), role: key.startsWith('runner') ? 'runner' : 'planner', tenant: 'data' }, tenant: fakeTenants,
    }),
    names: (_, names) => ({ secret: names.map((name) => ({ name })) }),
    writers: (_, names, { first, last }) => ({
      secret: names.filter((name) => name >= first && name <= last)
        .map((name, i) => ({ name, updated: new Date(1.7e12 + i * 6e4).toISOString(), updated_by: api.writer(name) })),
    }),
  };
  return api;
}
