// Rows as Hasura selects them: where and order_by, over columns of text.
'use strict'

const compare = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))

// like is SQL's LIKE with a pattern of % and _, and a backslash before a literal one.
function like(pattern, flags) {
  const source = pattern.replace(/\\(.)|[\s\S]/gu, (c, escaped) => {
    if (c === '%') return '[\\s\\S]*'
    if (c === '_') return '[\\s\\S]'
    return (escaped || c).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  })
  return new RegExp(`^${source}$`, flags)
}

const operators = {
  _eq: (v, o) => v === o,
  _neq: (v, o) => v !== o,
  _in: (v, o) => o.includes(v),
  _nin: (v, o) => !o.includes(v),
  _gt: (v, o) => compare(v, o) > 0,
  _gte: (v, o) => compare(v, o) >= 0,
  _lt: (v, o) => compare(v, o) < 0,
  _lte: (v, o) => compare(v, o) <= 0,
  _like: (v, o) => like(o, 'u').test(v),
  _nlike: (v, o) => !like(o, 'u').test(v),
  _ilike: (v, o) => like(o, 'iu').test(v),
  _nilike: (v, o) => !like(o, 'iu').test(v),
  _is_null: (_, o) => !o,
}

// A comparison with null filters nothing.
const compares = (value, comparison) =>
  Object.entries(comparison).every(([operator, operand]) => operand === null || operators[operator](value, operand))

function holds(row, where) {
  return Object.entries(where || {}).every(([key, operand]) => {
    if (operand === null) return true
    if (key === '_and') return operand.every((w) => holds(row, w))
    if (key === '_or') return operand.some((w) => holds(row, w))
    if (key === '_not') return !holds(row, operand)
    return compares(row[key], operand)
  })
}

// keys are the columns to sort by and whether downwards, the gravest first.
const keys = (orders, columns) =>
  (orders || []).flatMap((o) => columns.filter((c) => o[c]).map((c) => [c, o[c].startsWith('desc')]))

// select gives the rows that hold, in the order that is asked for.
function select(list, { where, order_by: orders }, columns) {
  const by = keys(orders, columns)
  const order = (a, b) => by.reduce((found, [c, down]) => found || (down ? compare(b[c], a[c]) : compare(a[c], b[c])), 0)
  return list.filter((row) => holds(row, where)).sort(order)
}

module.exports = { compare, select }
