import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { testServer } from '../../test/database.ts'
import { connect, type Database } from './connect.ts'
import { MigrationError, migrate } from './migrate.ts'

/** An empty database, reached the way an outside one is: by its address in a string. */
async function emptyDatabase(t: TestContext): Promise<Database> {
  const server = await testServer()
  const name = `t_empty_${randomBytes(6).toString('hex')}`
  const admin = connect(server)
  await admin.query(`CREATE DATABASE ${name}`)
  const db = connect(`postgres://postgres@/${name}?host=${server.host}&port=${server.port}`)
  t.after(async () => {
    await db.close()
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await admin.close()
  })
  return db
}

function folderOf(t: TestContext, files: Record<string, string>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-migrations-'))
  t.after(() => fs.rmSync(folder, { recursive: true }))
  for (const [name, sql] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), sql)
  return folder
}

const pets = { '0001_pets.sql': 'CREATE TABLE pets (name text);\nCREATE INDEX ON pets (name);' }
const cats = { ...pets, '0002_cats.sql': "ALTER TABLE pets ADD kind text NOT NULL DEFAULT 'cat';" }

const tables = async (db: Database) =>
  (await db.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)).rows.map(r => r.tablename)

test('our own schema goes onto an empty database, and the second start has nothing to do', async t => {
  const db = await emptyDatabase(t)
  const ours = fs.readdirSync(path.join(import.meta.dirname, 'migrations')).filter(name => name.endsWith('.sql'))
  assert.deepEqual(await migrate(db), ours.sort())
  assert.deepEqual(await migrate(db), [])
})

test('deliveries that were open before they had rows of their own still are', async t => {
  const db = await emptyDatabase(t)
  const folder = path.join(import.meta.dirname, 'migrations')
  const before = fs.readdirSync(folder).filter(name => name.endsWith('.sql') && name < '0013')
  await migrate(
    db,
    folderOf(t, Object.fromEntries(before.map(n => [n, fs.readFileSync(path.join(folder, n), 'utf8')]))),
  )
  const rows = `('1', 7, 'POST', 'a', 0, null), ('1', 7, 'POST', 'b', 1, null), ('1', 8, 'POST', 'c', 2, 'rubbish')`
  await db.query(`INSERT INTO deliveries (workspace_id, channel_id, method, body, state, error) VALUES ${rows}`)
  await migrate(db)
  const open = await db.query(
    `SELECT d.body::text, o.channel_id, o.quarantined, o.error FROM open_deliveries o JOIN deliveries d ON d.id = o.delivery_id ORDER BY d.id`,
  )
  assert.deepEqual(open.rows, [
    { body: '\\x61', channel_id: '7', quarantined: false, error: null },
    { body: '\\x63', channel_id: '8', quarantined: true, error: 'rubbish' },
  ])
  assert.equal((await db.query('SELECT FROM deliveries')).rowCount, 3)
})

test('a new file is applied to a database that has rows, which stay', async t => {
  const db = await emptyDatabase(t)
  await migrate(db, folderOf(t, pets))
  await db.query("INSERT INTO pets VALUES ('Miina')")
  assert.deepEqual(await migrate(db, folderOf(t, cats)), ['0002_cats.sql'])
  assert.deepEqual((await db.query('SELECT * FROM pets')).rows, [{ name: 'Miina', kind: 'cat' }])
})

test('of two starts at once each file is applied by one', async t => {
  const db = await emptyDatabase(t)
  const folder = folderOf(t, { ...cats, '0003_slow.sql': 'SELECT pg_sleep(0.2); CREATE TABLE slow ();' })
  const applied = await Promise.all([migrate(db, folder), migrate(db, folder), migrate(db, folder)])
  assert.deepEqual(applied.flat().sort(), ['0001_pets.sql', '0002_cats.sql', '0003_slow.sql'])
})

test('a file that fails leaves nothing behind, is named with its line, and runs once it is mended', async t => {
  const db = await emptyDatabase(t)
  const broken = { ...pets, '0002_toys.sql': 'CREATE TABLE toys ();\n\nCREATE TABLE balls (x nosuchtype);' }
  await assert.rejects(migrate(db, folderOf(t, broken)), /0002_toys\.sql failed at line 3: .*nosuchtype/)
  assert.deepEqual(await tables(db), ['migrations', 'pets'])
  assert.deepEqual(await migrate(db, folderOf(t, { ...pets, '0002_toys.sql': 'CREATE TABLE toys ();' })), [
    '0002_toys.sql',
  ])
})

const refused: [string, Record<string, string>, RegExp][] = [
  ['a file changed after it was applied', { ...cats, '0001_pets.sql': 'SELECT 1' }, /0001_pets\.sql was changed after/],
  ['a database newer than the code', pets, /newer than this Parley: it has 0002_cats\.sql/],
  ['a file put in before applied ones', { ...cats, '0001_zebra.sql': 'SELECT 1' }, /0001_zebra\.sql comes before 0002/],
  ['a misnamed file', { ...cats, 'later.sql': 'SELECT 1' }, /later\.sql is misnamed/],
]
for (const [what, files, text] of refused)
  test(`${what} is refused and changes nothing`, async t => {
    const db = await emptyDatabase(t)
    await migrate(db, folderOf(t, cats))
    await assert.rejects(
      migrate(db, folderOf(t, files)),
      error => error instanceof MigrationError && text.test(error.message),
    )
    assert.deepEqual(await migrate(db, folderOf(t, cats)), [])
  })

test('line ends made by a Windows checkout are not a change', async t => {
  const db = await emptyDatabase(t)
  await migrate(db, folderOf(t, pets))
  const windows = { '0001_pets.sql': pets['0001_pets.sql'].replaceAll('\n', '\r\n') }
  assert.deepEqual(await migrate(db, folderOf(t, windows)), [])
})
