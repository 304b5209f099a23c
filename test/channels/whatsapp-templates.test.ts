import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTemplate, templates } from '../../src/channels/whatsapp/templates.ts'
import { openShop, s } from './whatsapp-shop.ts'

openShop()

test('a template that is written here stands at Meta for review, once', async () => {
  const { io } = s
  const draft = {
    name: 'cake_ready',
    language: 'fi',
    category: 'utility' as const,
    body: 'Hei {{1}}, kakku on valmis klo {{2}}.',
    examples: ['Katja', '10.30'],
  }
  assert.deepEqual(await createTemplate(draft, io), { ok: true })
  const made = (await templates(io)).find(one => one.name === 'cake_ready')
  assert.deepEqual(made, {
    name: 'cake_ready',
    language: 'fi',
    category: 'utility',
    status: 'pending',
    body: draft.body,
    values: 2,
  })
  const again = await createTemplate(draft, io)
  assert.ok(!again.ok && again.why === 'invalid', JSON.stringify(again))
  const bare = await createTemplate({ ...draft, name: 'without_examples', examples: [] }, io)
  assert.ok(!bare.ok && bare.why === 'invalid', JSON.stringify(bare))
})
