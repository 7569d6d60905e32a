// Apollo Server over the SDL of the secrets API, as PrefectHQ/server configures
// it (services/apollo: body limit 5 MB, depth limit 7), with the secrets in
// memory. What is here of the secrets API is as little as its schema promises;
// everything else that answers is Apollo Server, Express and graphql-js.
//
//   node server.js SCHEMA CONFIG      CONFIG is JSON: {keys: {BEARER: {name, role}}, tenants, secrets}
//
// It prints its port, serves until its standard input ends, and takes two orders:
// POST /_reset goes back to CONFIG, GET /_state shows the secrets of each tenant.
'use strict'

const fs = require('fs')
const express = require('express')
const { ApolloServer, AuthenticationError, ForbiddenError, UserInputError } = require('apollo-server-express')
const { buildSchema, GraphQLError } = require('graphql')
const depthLimit = require('graphql-depth-limit')
const { GraphQLJSON } = require('graphql-type-json')
const rows = require('./rows')

const [schemaFile, configText] = process.argv.slice(2)
const config = JSON.parse(configText)
const switched = {} // keys that tokens made
let secrets

function reset() {
  secrets = new Map(config.tenants.map((t) => [t.id, new Map()]))
  for (const [name, value] of Object.entries(config.secrets)) write(config.tenants[0], name, value, 'testkit')
}

function write(tenant, name, value, writer) {
  const of = secrets.get(tenant.id)
  const version = of.has(name) ? of.get(name).version + 1 : 1
  of.set(name, { name, value, version, updated: new Date().toISOString(), updated_by: writer })
}

// session is who asks: the key and the tenant, or null.
function session(headers) {
  const bearer = /^Bearer ([^ ]+)$/i.exec(headers.authorization || '')
  const key = bearer && (config.keys[bearer[1]] || switched[bearer[1]])
  if (!key) return { key: null }
  const id = headers['x-prefect-tenant-id'] || key.tenant || config.tenants[0].id
  return { key, tenant: config.tenants.find((t) => t.id === id.toLowerCase()) }
}

// by makes a resolver for one role, or for any.
const by = (role, resolve) => (_, args, { key, tenant }) => {
  if (!key || key.refreshes) throw new AuthenticationError('Unauthenticated')
  if (!tenant) throw new AuthenticationError('Unauthenticated', { refused: 'tenant' })
  if (role && key.role !== role) throw new ForbiddenError('Unauthorized')
  return resolve(args, tenant, key)
}

function checkName(name) {
  if (name === '') throw new UserInputError('the name of a secret must not be empty')
  if (Buffer.byteLength(name) > 255) throw new UserInputError('the name of a secret holds at most 255 bytes')
}

const set = by('admin', ({ input: { name, value } }, tenant, key) => {
  checkName(name)
  if (Buffer.byteLength(JSON.stringify(value)) > 64 << 10) throw new UserInputError('the value is too large')
  const old = secrets.get(tenant.id).get(name)
  write(tenant, name, value, key.name)
  return { success: true, changed: !old || JSON.stringify(old.value) !== JSON.stringify(value) }
})

const remove = by('admin', ({ input: { name } }, tenant) => {
  checkName(name)
  return { success: true, changed: secrets.get(tenant.id).delete(name) }
})

const get = by('runner', ({ name }, tenant) => {
  checkName(name)
  const row = secrets.get(tenant.id).get(name)
  if (!row) throw new Error('No value found for the requested key')
  return row.value
})

const names = by(null, (_, tenant) => [...secrets.get(tenant.id).keys()].sort(rows.compare))

function page(list, { limit, offset }) {
  if (limit < 0 || offset < 0) throw new UserInputError('limit and offset must not be negative')
  const start = offset || 0
  return list.slice(start, limit == null ? undefined : start + limit)
}

const secret = by(null, (args, tenant) => {
  const list = [...secrets.get(tenant.id).values()].sort((a, b) => rows.compare(a.name, b.name))
  return page(rows.select(list, args, ['name']), args)
})
const tenants = by(null, (args) => page(rows.select([...config.tenants], args, ['id', 'slug', 'name']), args))

// tokens are a key of the same role for a tenant, and one that gets the like again.
function tokens(key, tenant) {
  const n = Object.keys(switched).length
  const [access, refresh] = [`access-${n}`, `refresh-${n}`]
  switched[access] = { ...key, tenant, refreshes: false }
  switched[refresh] = { ...key, tenant, refreshes: true }
  const expires = new Date(Date.now() + 600e3).toISOString()
  return { access_token: access, accessToken: access, refresh_token: refresh, refreshToken: refresh, expires_at: expires, expiresAt: expires }
}

const switchTenant = by(null, ({ input }, _, key) => {
  const id = input.tenantId || input.tenant_id
  if (!config.tenants.some((t) => t.id === id)) throw new AuthenticationError('Unauthenticated', { refused: 'tenant' })
  return tokens(key, id)
})

const refreshToken = (_, args, { key, tenant }) => {
  if (!key || !key.refreshes) throw new AuthenticationError('Unauthenticated')
  return tokens(key, tenant.id)
}

const scope = (key) => (key.role === 'runner' ? 'RUNNER' : 'USER')

const query = {
  secret_value: get, secretValue: get, secret_names: names, secretNames: names, secret, tenant: tenants,
  auth_info: by(null, (_, tenant, key) => ({ tenant_id: tenant.id, api_token_scope: scope(key) })),
  authInfo: by(null, (_, tenant, key) => ({ apiTokenScope: scope(key) })),
  user: by(null, (_, tenant, key) => [{ default_membership: { tenant_id: key.tenant || config.tenants[0].id } }]),
  secrets_api: by(null, (_, tenant, key) => ({
    version: 2, key: key.name, role: key.role, unreachable: [],
    tenant: config.tenants.find((t) => t.id === tenant.id).slug,
  })),
}
const mutation = {
  set_secret: set, setSecret: set, delete_secret: remove, deleteSecret: remove,
  switch_tenant: switchTenant, switchTenant, refresh_token: refreshToken, refreshToken,
}

// text makes a scalar whose values are strings that fit.
function text(type, fits) {
  const read = (value) => {
    if (typeof value !== 'string' || !fits(value)) throw new TypeError(`${type.name} cannot represent this value`)
    return value.toLowerCase()
  }
  type.serialize = (value) => value
  type.parseValue = read
  type.parseLiteral = (node) => read(node.kind === 'StringValue' ? node.value : null)
}

function makeSchema(sdl) {
  const schema = buildSchema(sdl)
  for (const how of ['serialize', 'parseValue', 'parseLiteral']) schema.getType('JSON')[how] = GraphQLJSON[how]
  for (const name of ['uuid', 'UUID']) text(schema.getType(name), (v) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(v))
  text(schema.getType('timestamptz'), () => true)
  for (const [type, resolvers] of [['Query', query], ['Mutation', mutation]]) {
    for (const [name, field] of Object.entries(schema.getType(type).getFields())) {
      if (!resolvers[name]) throw new GraphQLError(`${type}.${name} has no resolver here`)
      field.resolve = resolvers[name]
    }
  }
  return schema
}

// depth is the limit of PrefectHQ/server. graphql-depth-limit throws at fragments
// that are unknown or go round; other rules report those.
function depth(context) {
  try {
    return depthLimit(7)(context)
  } catch {
    return {}
  }
}

async function main() {
  reset()
  const server = new ApolloServer({
    schema: makeSchema(fs.readFileSync(schemaFile, 'utf8')),
    context: ({ req }) => session(req.headers),
    validationRules: [depth],
    introspection: true, playground: false, debug: false, uploads: false, subscriptions: false,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  await server.start()
  const app = express()
  app.post('/_reset', (_, res) => res.json((reset(), {})))
  app.get('/_state', (_, res) =>
    res.json(config.tenants.map((t) => [t.slug, [...secrets.get(t.id).values()].map((r) => [r.name, r.value])])))
  server.applyMiddleware({ app, path: '/', bodyParserConfig: { limit: '5mb' } })
  const listener = app.listen(0, '127.0.0.1', () => console.log(listener.address().port))
  process.stdin.on('end', () => process.exit()).resume()
}

main()
