import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { makeWorkspace } from '../../test/parley.ts'
import { found } from './found.ts'
import { joinByLink } from './join.ts'
import { insertKey, keyOfToken, listKeys, revokeKey } from './keys.ts'
import { freshToken, hashPassword, hashToken, passwordFits } from './secrets.ts'
import { agentOfLink, agentOfSession, agentsByEmail, closeSession, insertAgent, openSession } from './store.ts'

const ann = { name: 'Ann', email: 'ann@rye.example', password: 'correct horse battery' }

test('the first start makes the workspace, its owner and a link; later starts change nothing', async t => {
  const db = await testDatabase(t)
  const [first, second] = await Promise.all([found(db, undefined), found(db, undefined)])
  assert.equal(first.ownerId, second.ownerId)
  assert.ok(first.link && second.link)
  assert.ok(typeof (await joinByLink(db, { token: first.link, ...ann })) === 'object')
  const third = await found(db, undefined)
  assert.deepEqual(third, { workspaceId: first.workspaceId, ownerId: first.ownerId, link: undefined })
})

test('the bootstrap key opens the workspace, once, and stays closed when it was revoked', async t => {
  const db = await testDatabase(t)
  const { workspaceId } = await found(db, 'a-key-for-machines')
  await found(db, 'a-key-for-machines')
  const key = await keyOfToken(db, 'a-key-for-machines')
  assert.equal(key?.workspace_id, workspaceId)
  assert.equal((await listKeys(db, workspaceId)).length, 1)
  await revokeKey(db, workspaceId, key!.id)
  await found(db, 'a-key-for-machines')
  assert.equal(await keyOfToken(db, 'a-key-for-machines'), undefined)
})

test('a link leads in once, however many try at the same moment', async t => {
  const db = await testDatabase(t)
  const { link } = await found(db, undefined)
  const tries = await Promise.all([1, 2, 3].map(n => joinByLink(db, { token: link!, ...ann, name: `Ann ${n}` })))
  assert.equal(tries.filter(one => one === 'used-up').length, 2)
  assert.equal(await agentOfLink(db, link!), undefined)
  assert.equal(await joinByLink(db, { token: link!, ...ann }), 'used-up')
})

test('a link with a taken address is not used up: the next try with another one leads in', async t => {
  const db = await testDatabase(t)
  const { workspaceId, link } = await found(db, undefined)
  await insertAgent(db, workspaceId, { ...ann, role: 'agent' })
  assert.equal(await joinByLink(db, { token: link!, ...ann, email: 'ANN@rye.example' }), 'email-taken')
  const joined = await joinByLink(db, { token: link!, ...ann, email: 'owner@rye.example' })
  assert.ok(typeof joined === 'object' && joined.email === 'owner@rye.example')
})

test('a link that is forged or older than three days leads nowhere', async t => {
  const db = await testDatabase(t)
  const { link } = await found(db, undefined)
  assert.equal(await agentOfLink(db, freshToken().token), undefined)
  await db.query(`update one_time_links set expires_at = now() - interval '1 second'`)
  assert.equal(await agentOfLink(db, link!), undefined)
})

test('a session ends when it is closed, has expired, or its agent may not come in any more', async t => {
  const db = await testDatabase(t)
  const workspaceId = await makeWorkspace(db, 'rye')
  const agent = (await insertAgent(db, workspaceId, { ...ann, role: 'agent' }))!
  const [closed, expired, kept] = [
    await openSession(db, agent),
    await openSession(db, agent),
    await openSession(db, agent),
  ]
  assert.equal((await agentOfSession(db, closed))?.id, agent.id)
  await closeSession(db, closed)
  assert.equal(await agentOfSession(db, closed), undefined)
  await db.query(`update sessions set expires_at = now() where token_hash = $1`, [hashToken(expired)])
  assert.equal(await agentOfSession(db, expired), undefined)
  assert.equal((await agentOfSession(db, kept))?.id, agent.id)
  await db.query('update agents set disabled_at = now()')
  assert.equal(await agentOfSession(db, kept), undefined)
})

test('a session that is used lives on', async t => {
  const db = await testDatabase(t)
  const workspaceId = await makeWorkspace(db, 'rye')
  const agent = (await insertAgent(db, workspaceId, { ...ann, role: 'agent' }))!
  const token = await openSession(db, agent)
  await db.query(`update sessions set seen_at = now() - interval '2 hours', expires_at = now() + interval '1 minute'`)
  await agentOfSession(db, token)
  const { rows } = await db.query(`select from sessions where expires_at > now() + interval '29 days'`)
  assert.equal(rows.length, 1)
})

test('a password fits itself only, in whatever way its letters are composed', async () => {
  const hash = await hashPassword('pässword ёлка')
  assert.equal(await passwordFits(hash, 'pässword ёлка'.normalize('NFD')), true)
  assert.equal(await passwordFits(hash, 'passwort ёлка'), false)
  assert.equal(await passwordFits(null, ''), false)
})

test('one address may belong to several workspaces, and within one only once, large or small', async t => {
  const db = await testDatabase(t)
  const [rye, other] = [await makeWorkspace(db, 'rye'), await makeWorkspace(db, 'other')]
  await insertAgent(db, rye, { ...ann, role: 'agent' })
  await insertAgent(db, other, { ...ann, role: 'agent' })
  assert.equal(await insertAgent(db, rye, { ...ann, email: 'Ann@RYE.example', role: 'agent' }), undefined)
  assert.equal((await agentsByEmail(db, 'ANN@rye.example')).length, 2)
})

test('a revoked key opens nothing, and only its own workspace can revoke it', async t => {
  const db = await testDatabase(t)
  const [rye, other] = [await makeWorkspace(db, 'rye'), await makeWorkspace(db, 'other')]
  const { token } = freshToken()
  const id = await insertKey(db, rye, { name: 'Shop', token, by: null })
  assert.equal((await keyOfToken(db, token))?.id, id)
  assert.equal(await revokeKey(db, other, id), false)
  assert.equal(await revokeKey(db, rye, id), true)
  assert.equal(await keyOfToken(db, token), undefined)
  assert.deepEqual(await listKeys(db, rye), [])
})

test('no secret lies readable in the database', async t => {
  const db = await testDatabase(t)
  const { link } = await found(db, 'a-key-for-machines')
  const { rows } = await db.query<{ all: string }>(
    `select (select json_agg(k)::text from api_keys k) || (select json_agg(l)::text from one_time_links l) as all`,
  )
  assert.ok(!rows[0]!.all.includes('a-key-for-machines') && !rows[0]!.all.includes(link!))
})
