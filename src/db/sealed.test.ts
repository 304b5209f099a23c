import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { type Database, inWorkspace } from './connect.ts'

interface Column {
  table: string
  column: string
  type: string
  identity: 'YES' | 'NO'
}

/** What any column of this schema takes; `n` keeps unique keys apart. */
function valueFor({ column, type, table }: Column, n: number): unknown {
  const checked: Record<string, string> = {
    'agents.role': 'agent',
    'messages.direction': 'in',
    'messages.author_type': 'contact',
    'messages.status': 'received',
    'amendments.kind': 'edited',
    'channels.state': 'on',
    'channel_templates.status': 'approved',
    'conversations.status': 'open',
    'media.state': 'ready',
  }
  const known = checked[`${table}.${column}`]
  if (known) return known
  if (/^(bigint|integer|smallint)$/.test(type)) return n
  if (type === 'text') return `text ${n}`
  if (type === 'bytea') return Buffer.from(`bytes ${n}`)
  if (type === 'jsonb') return '{}'
  if (type === 'boolean') return false
  if (type.startsWith('timestamp')) return new Date()
  return null
}

async function columnsOf(db: Database): Promise<Map<string, Column[]>> {
  const { rows } = await db.query<Column & Record<string, unknown>>(
    `select c.table_name as "table", c.column_name as "column", c.data_type as type, c.is_identity as identity
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER' order by c.table_name, c.ordinal_position`,
  )
  return Map.groupBy(rows, r => r.table)
}

function insertion(table: string, columns: readonly Column[], { workspace, n }: { workspace: string; n: number }) {
  const values = columns.map(c => (c.column === 'workspace_id' ? workspace : valueFor(c, n)))
  const names = columns.map(c => `"${c.column}"`).join(', ')
  const places = columns.map((_, i) => `$${i + 1}`).join(', ')
  return { text: `insert into "${table}" (${names}) overriding system value values (${places})`, values }
}

/** Two workspaces with one row in every table that belongs to a workspace. */
async function filled(db: Database) {
  const columns = await columnsOf(db)
  const tables = [...columns].filter(([, list]) => list.some(c => c.column === 'workspace_id')).map(([name]) => name)
  const { rows } = await db.query<{ id: string }>(
    `insert into workspaces (slug, name) values ('a', 'A'), ('b', 'B') returning id`,
  )
  const [a, b] = rows.map(r => r.id)
  const client = await db.pool.connect()
  try {
    await client.query('set session_replication_role = replica') // no foreign keys: each table alone
    for (const table of tables)
      for (const [workspace, n] of [
        [a!, 51],
        [b!, 52],
      ] as const)
        await client.query(insertion(table, columns.get(table)!, { workspace, n }))
  } finally {
    client.release(true)
  }
  return { a: a!, b: b!, tables, columns }
}

test('as the API in one workspace, nothing of another can be read, changed, removed or added, in any table', async t => {
  const db = await testDatabase(t)
  const { a, b, tables, columns } = await filled(db)
  assert.ok(tables.length > 20, tables.join())
  for (const table of tables) {
    const own = await inWorkspace(db, a, tx =>
      tx.query<{ workspace_id: string }>(`select workspace_id from "${table}"`),
    )
    assert.deepEqual(own.rows, [{ workspace_id: a }], `${table} shows its own row, and only that`)
    for (const change of [
      `update "${table}" set workspace_id = workspace_id where workspace_id = ${b}`,
      `delete from "${table}" where workspace_id = ${b}`,
    ])
      assert.equal((await inWorkspace(db, a, tx => tx.query(change))).rowCount, 0, change)
    const foreign = insertion(table, columns.get(table)!, { workspace: b, n: 53 })
    await assert.rejects(
      inWorkspace(db, a, tx => tx.query(foreign.text, foreign.values)),
      { code: '42501' },
      table,
    )
    const move = `update "${table}" set workspace_id = ${b} where workspace_id = ${a}`
    await assert.rejects(
      inWorkspace(db, a, tx => tx.query(move)),
      { code: '42501' },
      move,
    )
    const { rows } = await db.query(`select from "${table}" where workspace_id = $1`, [b])
    assert.equal(rows.length, 1, `${table} still has the other's row`)
  }
  const workspaces = await inWorkspace(db, a, tx => tx.query('select id from workspaces'))
  assert.deepEqual(workspaces.rows, [{ id: a }])
})

test('as the API without a workspace there is nothing to see', async t => {
  const db = await testDatabase(t)
  const { tables } = await filled(db)
  const client = await db.pool.connect()
  try {
    await client.query('set role parley_api')
    for (const table of tables) assert.equal((await client.query(`select from "${table}"`)).rowCount, 0, table)
  } finally {
    client.release(true)
  }
})

test('the API’s role reads and writes no table that belongs to no workspace', async t => {
  const db = await testDatabase(t)
  const columns = await columnsOf(db)
  const others = [...columns].filter(
    ([name, list]) => name !== 'workspaces' && !list.some(c => c.column === 'workspace_id'),
  )
  assert.ok(others.length > 0)
  for (const [table] of others)
    await assert.rejects(
      inWorkspace(db, '1', tx => tx.query(`select from "${table}"`)),
      { code: '42501' },
      table,
    )
})
