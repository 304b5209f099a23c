import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Address, Piece } from '../../src/channels/contract.ts'
import { viber } from '../../src/channels/viber/index.ts'
import { createIo } from './io.ts'
import { anna, inTouch, type Stage, to } from './viber-stage.ts'
import { png } from './wired.ts'

describe('viber: what the business sends', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  const sendable: [string, Piece][] = [
    ['words', { type: 'text', text: 'Kiitos! <b>&</b> "so" 😀' }],
    ['a long text', { type: 'text', text: 'ж'.repeat(7000) }],
    ['a place', { type: 'location', lat: 60.17, lon: 24.94 }],
    ['a card', { type: 'contact', name: 'Rowan', phones: ['+358501112233'] }],
    ['a link', { type: 'link', url: 'https://shop.example/boots' }],
  ]
  for (const [what, piece] of sendable)
    test(`${what} reaches the phone as it was and is told delivered`, async () => {
      const sent = await viber.send(piece, to, stage.io)
      assert.ok(sent.ok)
      assert.deepEqual(stage.world.bubble(sent.id)?.parts, [piece])
      assert.equal((await stage.receipt(sent.id)).status, 'delivered')
    })
  for (const [type, mime] of [
    ['image', 'image/png'],
    ['video', 'video/mp4'],
    ['file', 'text/plain'],
  ] as const)
    test(`a file sent as ${type} is fetched from its link and shown`, async () => {
      stage.world.files.set('shop', { id: 'shop', bytes: png, mime, name: 'shop' })
      const io = createIo(stage.io.settings, { linkTo: () => `${stage.world.baseUrl}/download/shop/a` })
      const sent = await viber.send({ type, url: '/m/1', name: 'a', bytes: png.length }, to, io)
      assert.ok(sent.ok)
      assert.equal((await stage.receipt(sent.id)).status, 'delivered')
      assert.deepEqual(Buffer.from(stage.world.files.get(`out-${sent.id}`)!.bytes), png)
    })
  test('a file of unknown size is measured before it is sent', async () => {
    const files = new Map([['/m/2', { bytes: png, mime: 'text/plain', name: 'notes.txt' }]])
    const link = `${stage.world.baseUrl}/download/shop/a`
    const io = createIo(stage.io.settings, { files, linkTo: () => link })
    const sent = await viber.send({ type: 'file', url: '/m/2' }, to, io)
    assert.ok(sent.ok)
    assert.equal((stage.world.bubble(sent.id)!.parts[0] as { name?: string }).name, 'notes.txt')
  })
  test('a file that the phone cannot load is told as failed', async () => {
    const io = createIo(stage.io.settings, { linkTo: () => `${stage.world.baseUrl}/download/none/a.png` })
    const sent = await viber.send({ type: 'image', url: '/m/3' }, to, io)
    assert.ok(sent.ok)
    const told = await stage.receipt(sent.id)
    assert.equal(told.status, 'failed')
    assert.match(told.failure?.detail ?? '', /HTTP 404/)
  })
  test('looking at the phone makes everything read', async () => {
    const sent = await viber.send({ type: 'text', text: 'read me' }, to, stage.io)
    assert.ok(sent.ok)
    await stage.receipt(sent.id)
    stage.business.events.length = 0
    stage.world.act(anna.id, { do: 'look' })
    assert.equal((await stage.receipt(sent.id)).status, 'read')
    assert.equal(stage.world.bubble(sent.id)?.ticks, 'read')
  })
  test('the name of the sender goes along when it is set', async () => {
    const io = createIo({ ...stage.io.settings, senderName: 'Rowan', senderAvatar: 'https://a.example/a.png' })
    assert.ok((await viber.send({ type: 'text', text: 'signed' }, to, io)).ok)
  })
  test('a profile has a name and a language, and a stranger has none', async () => {
    const { avatarUrl, ...told } = (await viber.profile!(to.address, stage.io))!
    assert.deepEqual(told, { name: 'Anna', language: 'fi' })
    assert.ok(avatarUrl?.startsWith(stage.world.baseUrl))
    assert.equal(await viber.profile!('nobody' as Address, stage.io), null)
  })
})
