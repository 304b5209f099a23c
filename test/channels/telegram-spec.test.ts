import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Address, ExternalId, HttpCall, Io, Outgoing, Piece } from '../../src/channels/contract.ts'
import { reactionEmoji } from '../../src/channels/telegram/capabilities.ts'
import { telegram } from '../../src/channels/telegram/index.ts'
import { render } from '../../src/channels/telegram/render.ts'
import type { Settings } from '../../src/channels/telegram/settings.ts'
import { updateKinds } from '../../src/channels/telegram/setup.ts'
import { keeping } from './keeping.ts'
import { faultsOfCall, spec } from './telegram-spec.ts'

// Judged by ../shared/data/specs/telegram/api.json; without it there is no judge, and the tests say nothing.

const of = '42:7' as ExternalId
const file = { url: 'f', name: 'a', caption: 'This one?' }
const pieces: Piece[] = [
  { type: 'text', text: 'Good morning' },
  { type: 'link', url: 'https://example.org/', title: 'Our menu' },
  { type: 'choices', prompt: 'Which?', choices: [{ id: 'a', label: 'Rye' }] },
  { type: 'location', lat: 60.2, lon: 24.9 },
  { type: 'location', lat: 60.2, lon: 24.9, name: 'Bakery' },
  { type: 'contact', name: 'Ann', phones: ['+358401112233'] },
  { type: 'contact', name: 'Ann', phones: ['1', '2'], emails: ['ann@example.org'], company: 'Rowan' },
  { type: 'contact', name: 'Ann', phones: [], emails: ['ann@example.org'] },
  { type: 'poll', question: 'Which?', options: [{ label: 'Rye' }, { label: 'Wheat' }] },
  { type: 'image', ...file, mime: 'image/png' },
  { type: 'image', ...file, mime: 'image/gif' },
  { type: 'video', ...file, mime: 'video/mp4' },
  { type: 'audio', ...file, mime: 'audio/mpeg' },
  { type: 'voice', ...file, mime: 'audio/ogg' },
  { type: 'file', ...file, mime: 'application/pdf' },
  { type: 'sticker', ...file, mime: 'image/webp' },
  { type: 'reaction', emoji: '👍', of },
  { type: 'reaction', emoji: '', of },
]

test('every call that carries a piece is one the Bot API describes', () => {
  if (!spec) return
  for (const address of ['42', '-1001234', 'bc1/77', '-1001234#9', '@channel'])
    for (const replyTo of [undefined, of])
      for (const piece of pieces) {
        const to: Outgoing = { address: address as Address, key: 'k', ...(replyTo && { replyTo }) }
        const { method, fields, upload } = render(piece, to)
        assert.deepEqual(faultsOfCall(method, fields, upload ? [upload.field] : []), [], JSON.stringify(fields))
      }
})

test('every other call is one the Bot API describes', async () => {
  if (!spec) return
  const calls: HttpCall[] = []
  const settings = telegram.settings.parse({
    token: '1:A',
    webhookSecret: 's',
    menu: { entries: [{ label: 'Hours' }] },
  })
  const io: Io<Settings> = {
    ...keeping(settings),
    settings,
    now: new Date(0),
    async http(call) {
      calls.push(call)
      const json = { ok: true, result: { id: 42, username: 'shop_bot', file_path: 'photos/file_1.jpg' } }
      return { status: 200, headers: {}, json, bytes: new Uint8Array() }
    },
    bytesOf: () => Promise.reject(new Error('nothing is uploaded here')),
    linkTo: () => '',
  }
  const to: Outgoing = { address: 'bc1/42' as Address, key: 'k' }
  await telegram.setup!('https://example.org/hooks/1', io)
  await telegram.setup!('https://example.org/hooks/1', { ...io, settings: { ...io.settings, menu: { entries: [] } } })
  await telegram.profile!(to.address, io)
  await telegram.typing!(to, io)
  await telegram.media!('AgAC', io)
  const pressed = {
    type: 'chosen',
    id: 'cq9' as ExternalId,
    from: to.address,
    at: io.now,
    choice: 'a',
    label: 'Rye',
  } as const
  await telegram.acknowledge!(pressed, io)
  const judged = calls.filter(call => call.method === 'POST')
  const methods = judged.map(call => call.url.split('/').at(-1)!)
  const menu = ['setMyCommands', 'setChatMenuButton']
  const connecting = ['getMe', 'setWebhook', ...menu, 'getUserProfilePhotos', 'getWebhookInfo']
  const again = [
    'getMe',
    'setWebhook',
    'deleteMyCommands',
    'setChatMenuButton',
    'getUserProfilePhotos',
    'getWebhookInfo',
  ]
  const acts = ['getChat', 'sendChatAction', 'getFile', 'answerCallbackQuery']
  assert.deepEqual(methods, [...connecting, ...again, ...acts])
  for (const [i, call] of judged.entries())
    assert.deepEqual(faultsOfCall(methods[i]!, call.json as object as never), [])
})

test('the emoji a bot may react with are the ones the Bot API lists', () => {
  if (!spec) return
  const described = spec.types.ReactionTypeEmoji!.fields!.find(f => f.name === 'emoji') as
    | { description?: string }
    | undefined
  const listed = [...described!.description!.matchAll(/"([^"]+)"/g)].map(m => m[1])
  assert.deepEqual(reactionEmoji, listed)
})

test('every kind of update that the Bot API describes is asked for', () => {
  if (!spec) return
  const described = spec.types.Update!.fields!.map(f => f.name).filter(name => name !== 'update_id')
  assert.deepEqual(
    described.filter(kind => !updateKinds.includes(kind)),
    [],
  )
})

/** A value of that type of the Bot API with what it must have, and nothing else. */
function least(type: string, depth = 0): unknown {
  if (type.startsWith('Array of ')) return depth > 6 ? [] : [least(type.slice(9), depth + 1)]
  if (type === 'Integer' || type === 'Float') return 7
  if (type === 'Boolean') return true
  const described = spec!.types[type]
  if (!described) return 'word'
  if (described.subtypes) return least(described.subtypes.find(name => name !== 'String')!, depth + 1)
  const required = (described.fields ?? []).filter(field => field.required)
  return Object.fromEntries(required.map(field => [field.name, least(field.types[0]!, depth + 1)]))
}

const read = (update: object) =>
  telegram.parse({
    method: 'POST',
    query: {},
    headers: {},
    body: Buffer.from(JSON.stringify({ update_id: 9, ...update })),
  })

test('every kind of update that the Bot API describes is read, even with nothing but what it must have', () => {
  if (!spec) return
  for (const { name, types } of spec.types.Update!.fields!.filter(field => field.name !== 'update_id')) {
    const voter = name === 'poll_answer' ? { user: least('User') } : {}
    const events = read({ [name]: { ...(least(types[0]!) as object), ...voter } })
    assert.equal(events.length, 1, name)
    // A message that holds nothing is no message of any kind.
    if (types[0] === 'Message') assert.match(JSON.stringify(events), /"what":"empty message"/, name)
    else assert.notEqual(events[0]!.type, 'unsupported', name)
  }
})

test('every kind of message that the Bot API describes is read', () => {
  if (!spec) return
  const envelope = least('Message') as object
  const empty = JSON.stringify(read({ message: envelope }))
  for (const { name, types } of spec.types.Message!.fields!) {
    const message = { ...envelope, [name]: least(types[0]!) }
    const said = JSON.stringify(read({ message }))
    // Either it says something, or it is a field about a message that then still says nothing.
    assert.ok(
      !/unsupported/.test(said) || /"what":"(empty message|story|paid media|rich_message)/.test(said),
      `${name}: ${said}`,
    )
  }
  assert.match(empty, /empty message/)
})
