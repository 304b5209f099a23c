import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { event, fakeChannel } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import type { Template } from '../channels/contract.ts'
import { createTemplate, listTemplates, syncOldTemplates } from './templates.ts'

const template = (name: string, status: Template['status'] = 'approved'): Template => ({
  name,
  language: 'en',
  category: 'utility',
  status,
  body: 'Your order {{1}} is ready.',
  values: 1,
})

async function listed(t: TestContext) {
  const fake = fakeChannel({ templates: true })
  const network: { has: Template[] | Error; calls: number } = { has: [template('ready')], calls: 0 }
  fake.adapter.templates = async () => {
    network.calls++
    if (network.has instanceof Error) throw network.has
    return network.has
  }
  const p = await testParley(t, fake)
  const names = async (fresh = { fresh: false }) => {
    const list = await listTemplates(p.parley, p.workspaceId, { id: p.channelId, ...fresh })
    return Array.isArray(list) ? list.map(one => `${one.name} ${one.status}`) : list
  }
  return { p, network, names }
}

test('templates are asked for once and then known, also while the network is away', async t => {
  const { network, names } = await listed(t)
  assert.deepEqual(await names(), ['ready approved'])
  network.has = new Error('away')
  assert.deepEqual(await names(), ['ready approved'])
  assert.equal(network.calls, 1)
  await assert.rejects(names({ fresh: true }), /away/)
  assert.deepEqual(await names(), ['ready approved'])
})

test('once listed they are listed again every hour, and whoever asks for fresh ones has them', async t => {
  const { p, network, names } = await listed(t)
  await names()
  network.has = [template('ready'), template('sale', 'pending')]
  await syncOldTemplates(p.parley)
  assert.deepEqual(await names(), ['ready approved'])
  assert.deepEqual(await names({ fresh: true }), ['ready approved', 'sale pending'])
  network.has = []
  p.time.offset = 61 * 60_000
  await syncOldTemplates(p.parley)
  assert.deepEqual(await names(), [])
})

test('the network’s word that a template changed brings the list at the next turn', async t => {
  const { p, network, names } = await listed(t)
  await names()
  network.has = [template('ready', 'paused')]
  await p.hear(event('account', { what: 'message-template-status-paused', detail: 'ready', level: 'warning' }))
  await syncOldTemplates(p.parley)
  assert.deepEqual(await names(), ['ready paused'])
})

test('nobody sees the templates of another workspace, and a messenger without them says so', async t => {
  const { p } = await listed(t)
  assert.equal(await listTemplates(p.parley, '999999', { id: p.channelId, fresh: false }), undefined)
  const plain = await testParley(t)
  assert.equal(
    await listTemplates(plain.parley, plain.workspaceId, { id: plain.channelId, fresh: false }),
    'no-templates',
  )
})

test('a new text is handed in and stands in the list at once; a refusal is said in the network’s words', async t => {
  const { p, network, names } = await listed(t)
  const draft = {
    name: 'sale',
    language: 'en',
    category: 'marketing' as const,
    body: 'Until {{1}}',
    examples: ['Friday'],
  }
  const hand = () => createTemplate(p.parley, p.workspaceId, { id: p.channelId, draft })
  assert.equal(await hand(), 'no-templates')
  p.fake.adapter.createTemplate = async given => {
    assert.deepEqual(given, draft)
    network.has = [template('sale', 'pending')]
    return { ok: true }
  }
  assert.deepEqual(await hand(), { ok: true })
  assert.deepEqual(await names(), ['sale pending'])
  network.has = new Error('away')
  assert.deepEqual(await hand(), { ok: true }, 'that the list cannot be had is no refusal of the text')
  p.fake.adapter.createTemplate = async () => ({ ok: false, why: 'invalid', detail: 'There is one of this name.' })
  assert.deepEqual(await hand(), { ok: false, why: 'invalid', detail: 'There is one of this name.' })
})
