import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { testDatabase, testServer } from '../../test/database.ts'
import { connect, DatabaseUnavailable, inWorkspace, transaction, untilConnected } from './connect.ts'

test('values come back without losing anything: big numbers as text, instants as dates, days as days', async t => {
  const db = await testDatabase(t)
  const { rows } = await db.query(
    `SELECT 9007199254740993::int8 AS big, '2026-01-02T03:04:05Z'::timestamptz AS at, '1990-05-17'::date AS day,
      $1::jsonb AS doc`,
    [JSON.stringify(['a', { b: 1 }])],
    'kinds',
  )
  const expected = { big: '9007199254740993', at: new Date('2026-01-02T03:04:05Z'), day: '1990-05-17' }
  assert.deepEqual(rows, [{ ...expected, doc: ['a', { b: 1 }] }])
})

test('a transaction keeps all or nothing', async t => {
  const db = await testDatabase(t)
  await db.query('CREATE TABLE scraps (text text UNIQUE)')
  assert.equal(await transaction(db, async tx => (await tx.query("INSERT INTO scraps VALUES ('kept')")).rowCount), 1)
  const failing = transaction(db, async tx => {
    await tx.query("INSERT INTO scraps VALUES ('lost')")
    throw new Error('the author changed her mind')
  })
  await assert.rejects(failing, /changed her mind/)
  assert.deepEqual((await db.query('SELECT text FROM scraps')).rows, [{ text: 'kept' }])
})

test('a transaction whose failed statement was overlooked does not pretend to be committed', async t => {
  const db = await testDatabase(t)
  await db.query('CREATE TABLE scraps (text text)')
  const careless = transaction(db, async tx => {
    await tx.query("INSERT INTO scraps VALUES ('lost')")
    await tx.query('SELECT 1/0').catch(() => {})
  })
  await assert.rejects(careless, /rolled back/)
  assert.equal((await db.query('SELECT FROM scraps')).rowCount, 0)
})

test('work in a workspace sees and writes only rows of that workspace', async t => {
  const db = await testDatabase(t)
  await db.query(`CREATE TABLE secrets (workspace_id int8, text text);
    ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
    CREATE POLICY sealed ON secrets USING (workspace_id = current_setting('parley.workspace')::int8);
    GRANT SELECT, INSERT ON secrets TO parley_api;
    INSERT INTO secrets VALUES (1, 'ours'), (2, 'theirs')`)
  const seen = await inWorkspace(db, '1', tx => tx.query('SELECT text FROM secrets'))
  assert.deepEqual(seen.rows, [{ text: 'ours' }])
  const smuggling = inWorkspace(db, '1', tx => tx.query("INSERT INTO secrets VALUES (2, 'smuggled')"))
  await assert.rejects(smuggling, /row-level security/)
  assert.equal((await db.query('SELECT FROM secrets')).rowCount, 2, 'outside, the same connections are unsealed again')
})

test('a workspace id that is not a number never reaches the database', async t => {
  const db = await testDatabase(t)
  assert.throws(() => inWorkspace(db, "1'; RESET ROLE; --", async () => 1), TypeError)
})

test('a connection cut in the middle is told clearly, and the next query works', async t => {
  const db = await testDatabase(t)
  const cut = transaction(db, async tx => {
    const { rows } = await tx.query('SELECT pg_backend_pid() AS pid')
    await db.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
    await tx.query('SELECT 1')
  })
  await assert.rejects(cut, error => error instanceof DatabaseUnavailable && /cannot be reached/.test(error.message))
  assert.equal((await db.query('SELECT 1 AS one')).rows[0]?.one, 1)
})

test('idle connections cut by the server do no harm', async t => {
  const db = await testDatabase(t)
  await Promise.all([1, 2, 3].map(() => db.query('SELECT 1')))
  const admin = connect(await testServer())
  t.after(() => admin.close())
  const { rows } = await db.query('SELECT current_database() AS name')
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [rows[0]?.name])
  await untilConnected(db)
})

test('a server that is not there is waited for only so long', async () => {
  const db = connect('postgres://nobody@127.0.0.1:1/none')
  await assert.rejects(untilConnected(db, 100), DatabaseUnavailable)
  await db.close()
})

test('a database that answers with a refusal is not waited for', async t => {
  const db = connect({ ...(await testServer()), database: 'no_such_database' })
  t.after(() => db.close())
  await assert.rejects(untilConnected(db), error => error instanceof pg.DatabaseError && error.code === '3D000')
})
