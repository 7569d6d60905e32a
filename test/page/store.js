// Stores that the suite looks at: `prefect-secrets serve` with tenants, keys and
// secrets whose names try to be markup.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const manyNames = 10_000;
const attack = `<img src=x onerror="window.attacked=1">`;

export const tenants = {
  data: { id: '11111111-1111-4111-8111-111111111111', name: `Data team ${attack}` },
  empty: { id: '22222222-2222-4222-8222-222222222222', name: 'Empty team' },
  many: { id: '33333333-3333-4333-8333-333333333333', name: 'Many names' },
  other: { id: '44444444-4444-4444-8444-444444444444', name: 'Of another key' },
};

/** Names that a store accepts and that must be shown as text. */
export const hostileNames = [
  attack,
  `<script>window.attacked=1</script>`,
  `"><svg/onload=window.attacked=1>`,
  `javascript:window.attacked=1`,
  `{{constructor.constructor('window.attacked=1')()}}`,
  `#data/other`,
  `a/b%2Fc%`,
  `hidden\u202Etxt.exe`,
  `line\nbreak\u0000null`,
  'L'.repeat(255),
  'päß 密码',
];
export const ordinaryNames = ['DATABASE', 'SLACK_WEBHOOK_URL', 'AWS_CREDENTIALS', 'team_api_key', 'SNOWFLAKE_PASSWORD'];

/** What every value has in it, to be found if a value ever arrives. */
export const canary = 'canary-value-7c1f93';

// Each with its role; the second admin's name tries to be markup.
const keyNames = { planner: 'plans', admin: 'ci', runner: 'agent', hostile: `ci ${attack}` };

/** Writes a keys file and returns the path and a key of each role. */
function writeKeys(bin, folder) {
  let text = '';
  for (const [slug, { id, name }] of Object.entries(tenants)) {
    text += `[[tenants]]\nid = "${id}"\nslug = "${slug}"\nname = ${JSON.stringify(name)}\n\n`;
  }
  const file = join(folder, 'keys.toml');
  writeFileSync(file, text, { mode: 0o600 });
  const keys = {};
  for (const [use, name] of Object.entries(keyNames)) {
    const of = join(folder, use), role = use === 'hostile' ? 'admin' : use;
    const tenantFlags = ['data', 'empty', 'many'].flatMap((slug) => ['--tenant', slug]);
    execFileSync(bin, ['keygen', '--role', role, '--name', name, ...tenantFlags, '--key-file', of, '--append', file]);
    keys[use] = readFileSync(of, 'utf8').trim();
  }
  return { file, keys };
}

/** Starts serve with more flags, and returns {url, keys, log, stop}. */
export async function startServe(bin, folder, flags) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { file, keys } = flags.includes('--dev') ? { keys: {} } : writeKeys(bin, folder);
  const readyFile = join(folder, 'ready.json');
  const more = file ? ['--store', 'memory', '--keys-file', file, '--audit-log', join(folder, 'audit.log'),
    '--log-level', 'debug', '--shutdown-delay', '0s'] : [];
  const child = spawn(bin, ['serve', '--listen', '127.0.0.1:0', '--ready-file', readyFile, ...flags, ...more]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  for (let i = 0; !existsSync(readyFile); i++) {
    if (i > 300 || child.exitCode !== null) throw new Error(`serve did not start: ${output}`);
    await sleep(50);
  }
  const ready = JSON.parse(readFileSync(readyFile, 'utf8'));
  if (ready.admin_key) Object.assign(keys, { admin: ready.admin_key, runner: ready.runner_key });
  return {
    url: ready.url, keys,
    log: () => output + (file ? readFileSync(join(folder, 'audit.log'), 'utf8') : ''),
    stop: () => (child.kill('SIGTERM'), ended),
  };
}

/** Writes secrets with the admin keys. */
export async function fill(store) {
  await write(store, 'data', store.keys.hostile, hostileNames);
  await write(store, 'data', store.keys.admin, ordinaryNames);
  await write(store, 'many', store.keys.admin, Array.from({ length: manyNames }, (_, i) => `NAME_${String(i).padStart(5, '0')}`));
}

async function write(store, slug, key, names) {
  const mutation = 'mutation($name: String!, $value: JSON!) { set_secret(input: {name: $name, value: $value}) { success } }';
  for (let i = 0; i < names.length; i += 50) {
    const documents = names.slice(i, i + 50).map((name) => ({ query: mutation, variables: { name, value: canary } }));
    const response = await fetch(store.url, {
      method: 'POST', body: JSON.stringify(documents),
      headers: {
        'Content-Type': 'application/json', Authorization: `Bearer ${key}`,
        'X-Prefect-Tenant-Id': tenants[slug].id,
      },
    });
    for (const { errors } of await response.json()) if (errors) throw new Error(JSON.stringify(errors));
  }
}
