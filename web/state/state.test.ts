import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Conversation, Frame, Message, ThreadItem } from '../../src/api/shapes.ts'
import { afterReset, applyFrame, contents, empty, learn, local, older, resent, type State } from './apply.ts'
import { firstUnread, threadRows } from './rows.ts'
import { rowsOf, waitOf } from './views.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 14, 12, minute)).toISOString()

const message = (id: string, over: Partial<Message> = {}): Message => ({
  id,
  conversationId: '7',
  direction: 'in',
  author: { type: 'contact', id: '1', name: 'Katja Lindholm' },
  parts: [{ type: 'text', text: `words of ${id}` }],
  status: 'received',
  externalId: null,
  at: at(Number(id.replace(/\D/g, '')) || 0),
  ...over,
})

const ours = (id: string, over: Partial<Message> = {}) =>
  message(id, { direction: 'out', author: { type: 'agent', id: '2', name: 'Aino' }, status: 'queued', ...over })

const conversation = (id: string, over: Partial<Conversation> = {}): Conversation => ({
  id,
  channelId: '1',
  contact: { id, name: `Person ${id}`, identities: [] },
  address: '',
  status: 'open',
  assignee: null,
  team: null,
  unread: 0,
  optedOut: false,
  lastInAt: null,
  waitingSince: null,
  lastMessageAt: at(Number(id)),
  lastMessage: null,
  ...over,
})

const opened = older(empty, '7', { items: [{ type: 'message', message: message('1') }], next: null })
const heard = (seq: number, ...messages: Message[]): Frame => ({
  seq,
  changes: messages.map(m => ({ type: 'message', message: m })),
})
const ids = (state: State) => state.threads['7']!.items.map(item => contents(item).id)
const statusOf = (state: State, id: string) => {
  const item = state.threads['7']!.items.find(i => contents(i).id === id)
  return item?.type === 'message' ? item.message.status : undefined
}

describe('applying changes', () => {
  test('a message from the stream takes the place of our own bubble', () => {
    const said = learn(opened, { type: 'message', message: ours(`${local}a`, { clientId: 'a', at: at(3) }) })
    assert.deepEqual(ids(said), ['1', `${local}a`])
    const known = applyFrame(said, heard(1, ours('5', { clientId: 'a' })), 0)
    assert.deepEqual(ids(known), ['1', '5'])
  })

  test('the outbox speaking late does not undo what the server has numbered', () => {
    const known = applyFrame(opened, heard(1, ours('5', { clientId: 'a', status: 'sent' })), 0)
    assert.equal(learn(known, { type: 'message', message: ours(`${local}a`, { clientId: 'a' }) }), known)
  })

  test('a late answer to our request does not turn ticks back', () => {
    const sent = applyFrame(opened, heard(1, ours('5', { status: 'delivered' })), 0)
    const late = learn(sent, { type: 'message', message: ours('5', { status: 'queued' }) })
    assert.equal(statusOf(late, '5'), 'delivered')
  })

  test('a failed message begins anew only when it is sent again', () => {
    const failure = { why: 'down', detail: 'no answer' }
    const failed = applyFrame(opened, heard(1, ours('5', { status: 'failed', failure })), 0)
    const late = learn(failed, { type: 'message', message: ours('5', { status: 'sent' }) })
    assert.equal(statusOf(late, '5'), 'failed')
    const again = resent(failed, ours('5', { status: 'queued' }))
    assert.equal(statusOf(again, '5'), 'queued')
    assert.equal(statusOf(applyFrame(failed, heard(2, ours('5', { status: 'queued' })), 0), '5'), 'queued')
  })

  test('a frame seen before changes nothing', () => {
    const once = applyFrame(opened, heard(4, message('2'), message('3')), 0)
    assert.equal(applyFrame(once, heard(4, message('2'), message('3')), 0), once)
    assert.equal(applyFrame(once, heard(3, message('9')), 0), once)
    assert.deepEqual(ids(once), ['1', '2', '3'])
  })

  test('the same message in a later frame is there once', () => {
    const twice = applyFrame(applyFrame(opened, heard(1, message('2')), 0), heard(2, message('2')), 0)
    assert.deepEqual(ids(twice), ['1', '2'])
  })

  test('a message that comes late is placed by its time', () => {
    const state = applyFrame(opened, heard(1, message('9'), message('4')), 0)
    assert.deepEqual(ids(state), ['1', '4', '9'])
  })

  test('typing is heard although its frame is not counted, and ends when the words arrive', () => {
    const first = applyFrame(opened, { seq: 5, changes: [] }, 0)
    const types = applyFrame(
      first,
      { seq: 5, changes: [{ type: 'typing', conversationId: '7', who: 'Katja', by: 'contact' }] },
      99,
    )
    assert.deepEqual(types.typing['7'], { who: 'Katja', at: 99 })
    assert.equal(applyFrame(types, heard(6, message('8')), 100).typing['7'], undefined)
  })

  test('older pages come before, without doubling what is there', () => {
    const loaded = applyFrame(opened, heard(1, message('20')), 0)
    const page: ThreadItem[] = ['19', '18', '1'].map(id => ({ type: 'message', message: message(id) }))
    const state = older(loaded, '7', { items: page, next: 'x' })
    assert.deepEqual(ids(state), ['1', '18', '19', '20'])
    assert.equal(state.threads['7']!.next, 'x')
  })

  test('a reset forgets what was loaded and goes on from the given sequence', () => {
    const reset = afterReset(40)
    assert.deepEqual(reset.threads, {})
    assert.equal(applyFrame(reset, heard(40, message('2')), 0), reset)
  })
})

describe('the list', () => {
  const all = [
    conversation('1'),
    conversation('2', { assignee: { id: '2', name: 'Aino' } }),
    conversation('3', { status: 'closed' }),
  ]

  test('a conversation with new words moves to the top', () => {
    const state = all.reduce((s, c) => learn(s, { type: 'conversation', conversation: c }), empty)
    const moved = applyFrame(
      state,
      { seq: 1, changes: [{ type: 'conversation', conversation: conversation('1', { lastMessageAt: at(30) }) }] },
      0,
    )
    const rows = rowsOf(Object.values(moved.conversations), {
      view: 'open',
      me: '2',
      reach: { until: null, next: null },
    })
    assert.deepEqual(
      rows.map(c => c.id),
      ['1', '2'],
    )
  })

  test('each view holds its own', () => {
    const rows = (view: 'mine' | 'unassigned' | 'closed' | 'all') =>
      rowsOf(all, { view, me: '2', reach: { until: null, next: null } }).map(c => c.id)
    assert.deepEqual([rows('mine'), rows('unassigned'), rows('closed')], [['2'], ['1'], ['3']])
    assert.deepEqual(rows('all'), ['3', '2', '1'])
  })

  test('what lies below the pages read so far does not show', () => {
    assert.deepEqual(
      rowsOf(all, { view: 'all', me: '2', reach: { until: at(2), next: 'x' } }).map(c => c.id),
      ['3', '2'],
    )
  })

  test('the ring fills towards the target, then says late', () => {
    const waits = conversation('1', { waitingSince: at(0) })
    assert.deepEqual(waitOf(waits, Date.parse(at(4))), { minutes: 4, share: 4 / 15, state: 'fine' })
    assert.equal(waitOf(waits, Date.parse(at(11)))?.state, 'soon')
    assert.equal(waitOf(waits, Date.parse(at(19)))?.state, 'late')
    assert.equal(waitOf(conversation('1'), 0), undefined)
  })
})

describe('the rows of a thread', () => {
  const dayOf = (iso: string) => iso.slice(0, 10)
  const items = (...messages: Message[]): ThreadItem[] => messages.map(m => ({ type: 'message', message: m }))

  test('messages of one sender within five minutes are one group', () => {
    const rows = threadRows(items(message('1'), message('2'), ours('3'), message('20')), { dayOf })
    const groups = rows.flatMap(r => (r.kind === 'message' ? [[r.first, r.tail]] : []))
    assert.deepEqual(groups, [
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ])
  })

  test('a day begins with its date and the unread ones with their line', () => {
    const list = items(message('1'), message('2'), message('3', { at: '2026-11-15T08:00:00.000Z' }))
    const rows = threadRows(list, { dayOf, unreadFrom: firstUnread(list, 2)! })
    assert.deepEqual(
      rows.map(r => r.kind),
      ['day', 'message', 'new', 'message', 'day', 'message'],
    )
  })
})
