import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { viberWire } from '../../sandbox/viber.ts'
import type { Act } from '../../sandbox/wire.ts'
import { MediaGone } from '../../src/channels/contract.ts'
import { viber } from '../../src/channels/viber/index.ts'
import { anna, inTouch, type Stage, to } from './viber-stage.ts'
import { png } from './wired.ts'

describe('viber: what customers do', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  test('words arrive with the name of the customer and a 64-bit id', async () => {
    const event = await stage.told({ do: 'text', text: 'Moi 👋' }, 'message')
    assert.deepEqual(event.parts, [{ type: 'text', text: 'Moi 👋' }])
    assert.equal(event.from, anna.id)
    assert.equal(event.sender?.name, 'Anna')
    assert.ok(BigInt(event.id) > BigInt(Number.MAX_SAFE_INTEGER))
    assert.equal(stage.world.bubbles.at(-1)?.id, event.id)
  })
  for (const [type, mime, name] of [
    ['image', 'image/png', 'a.png'],
    ['video', 'video/mp4', 'b.mp4'],
    ['file', 'application/pdf', 'c.pdf'],
    ['audio', 'audio/mpeg', 'd.mp3'],
  ] as const)
    test(`a file sent as ${type} arrives and can be fetched`, async () => {
      const event = await stage.told({ do: 'media', type, bytes: png, mime, name, caption: 'see' }, 'message')
      const part = event.parts[0]!
      assert.equal(part.type, type === 'audio' ? 'file' : type)
      assert.ok('ref' in part && part.ref)
      const file = await viber.media!(part.ref, stage.io)
      assert.deepEqual(Buffer.from(file.bytes), png)
      assert.equal(file.mime, mime)
    })
  test('a file that is gone says so, and an address that is none is not asked', async () => {
    await assert.rejects(viber.media!(`${stage.world.baseUrl}/download/x/y`, stage.io), MediaGone)
    await assert.rejects(viber.media!('file:///etc/passwd', stage.io), MediaGone)
  })
  test('a sticker arrives by its number', async () => {
    const deed = { do: 'media', type: 'sticker', bytes: png, mime: 'image/png', name: 's.png' } as const
    const event = await stage.told(deed, 'message')
    assert.equal((event.parts[0] as { name?: string }).name, 'Sticker 40100')
  })
  test('a place and a card arrive', async () => {
    const place = await stage.told({ do: 'location', lat: 60.17, lon: 24.94 }, 'message')
    assert.deepEqual(place.parts, [{ type: 'location', lat: 60.17, lon: 24.94 }])
    const card = await stage.told({ do: 'contact', name: 'Eero', phone: '358501112233' }, 'message')
    assert.deepEqual(card.parts, [{ type: 'contact', name: 'Eero', phones: ['358501112233'] }])
  })
  test('a pressed button arrives as the choice we offered, later words as words', async () => {
    const choices = [
      { id: 'size:m', label: 'Medium' },
      { id: 'size:l', label: 'Large & wide' },
    ]
    const sent = await viber.send({ type: 'choices', prompt: 'Which size?', choices }, to, stage.io)
    assert.ok(sent.ok)
    const bubble = stage.world.bubble(sent.id)!
    assert.deepEqual(bubble.parts[0], {
      type: 'choices',
      prompt: 'Which size?',
      choices: choices.map(({ label }) => ({ id: label, label })),
    })
    const pressed = await stage.told({ do: 'press', bubble: sent.id, choice: 'Large & wide' }, 'chosen')
    assert.equal(pressed.choice, 'size:l')
    assert.equal(pressed.label, 'Large & wide')
    assert.equal(stage.world.bubble(sent.id)?.pressed, 'Large & wide')
    assert.ok((await viber.send({ type: 'text', text: 'Thank you' }, to, stage.io)).ok)
    const typed = await stage.told({ do: 'text', text: 'Large & wide' }, 'message')
    assert.deepEqual(typed.parts, [{ type: 'text', text: 'Large & wide' }])
  })
  test('opening the chat by a link names the link', async () => {
    assert.deepEqual((await stage.told({ do: 'start', ref: 'flyer-7' }, 'started')).entry, {
      ref: 'flyer-7',
      source: 'link',
    })
    assert.equal((await stage.told({ do: 'start' }, 'started')).entry, undefined)
  })
  test('leaving and coming back are consent, and in between nothing can be sent', async () => {
    assert.equal((await stage.told({ do: 'block' }, 'consent')).given, false)
    const refused = await viber.send({ type: 'text', text: 'still there?' }, to, stage.io)
    assert.equal(refused.ok ? '' : refused.why, 'blocked')
    assert.equal((await stage.told({ do: 'unblock' }, 'consent')).given, true)
    assert.ok((await viber.send({ type: 'text', text: 'welcome back' }, to, stage.io)).ok)
  })
  test('what Viber does not tell bots is refused with a reason', () => {
    for (const act of [
      { do: 'edit', bubble: '1', text: 'x' },
      { do: 'delete', bubble: '1' },
      { do: 'react', bubble: '1', emoji: '👍' },
      { do: 'media', type: 'voice', bytes: png, mime: 'audio/ogg', name: 'v.ogg' },
    ] satisfies Act[])
      assert.throws(() => stage.world.act(anna.id, act), /viber: bots are not told/)
  })
  test('an event nobody documented is kept as unsupported', async () => {
    stage.business.events.length = 0
    stage.world.emit('unknown', viberWire.unknownEvent(stage.world.people.get(anna.id)!, stage.world))
    const [event] = await stage.business.heard('unsupported')
    assert.equal(event!.what, 'event mini_app_closed')
    assert.equal(event!.from, anna.id)
  })
})
