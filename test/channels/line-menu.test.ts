import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { LineBotClient } from '@line/bot-sdk'
import sharp from 'sharp'
import { menu as shownMenu } from '../../sandbox/line/menu.ts'
import type { HttpCall } from '../../src/channels/contract.ts'
import { line } from '../../src/channels/line/index.ts'
import type { Settings } from '../../src/channels/line/settings.ts'
import type { Menu } from '../../src/domain/menu.ts'
import { anna, connected, type Stage } from './line-stage.ts'

const drawn = (height: number, background: string) =>
  sharp({ create: { width: 2500, height, channels: 3, background } })
    .jpeg()
    .toBuffer()

const entries = [
  { label: '営業時間', says: '営業時間は？' },
  { label: 'Shop', opens: 'https://rowan.example/shop' },
  { label: 'Person' },
]
const menu: Menu = { entries, bar: 'メニュー', open: true, picture: { media: '1' } }

describe('line: the rich menu', () => {
  let stage: Stage
  let calls: string[]
  let files: Map<string, { bytes: Uint8Array; mime: string; name: string }>
  before(async () => {
    stage = await connected()
    const file = async (height: number, colour: string, mime = 'image/jpeg') => ({
      bytes: await drawn(height, colour),
      mime,
      name: 'menu.jpg',
    })
    files = new Map([
      ['/api/v1/media/1', await file(843, '#0b6b66')],
      ['/api/v1/media/2', await file(843, '#884400')],
      ['/api/v1/media/3', await file(1686, '#0b6b66')],
      ['/api/v1/media/4', await file(843, '#0b6b66', 'image/webp')],
    ])
  })
  after(() => stage.close())
  beforeEach(() => {
    stage.world.profile = {}
    calls = []
  })

  /** What LINE is asked beside the webhook. */
  const setUp = (wish: Menu | undefined, before: (call: HttpCall) => void = () => undefined) => {
    const io = stage.io({ files })
    const http = (call: HttpCall) => {
      const path = new URL(call.url).pathname
      if (path.includes('richmenu')) {
        before(call)
        calls.push(`${call.method} ${path.replace('/v2/bot/', '').replace(/richmenu-\w+/, 'ID')}`)
      }
      return io.http(call)
    }
    return line.setup!(stage.business.url, { ...io, http, settings: settingsWith(wish) })
  }
  const settingsWith = (wish: Menu | undefined) =>
    line.settings.parse({ ...stage.settings, ...(wish && { menu: wish }) }) as Settings
  const kept = () => (stage.world.profile.richMenus as { richMenuId: string }[] | undefined) ?? []
  const made = () => calls.filter(call => call === 'POST richmenu').length

  test('is made with its picture, shown to everybody, and stands on the phone', async () => {
    assert.equal((await setUp(menu)).ok, true)
    assert.deepEqual(calls, [
      'GET richmenu/list',
      'GET user/all/richmenu',
      'POST richmenu',
      'POST richmenu/ID/content',
      'POST user/all/richmenu/ID',
    ])
    const phone = shownMenu(stage.world)!
    assert.deepEqual([phone.title, phone.open, phone.picture!.height], ['メニュー', true, 843])
    assert.deepEqual(
      phone.entries.map(({ label, opens, place }) => [label, opens, place]),
      [
        ['営業時間', undefined, { x: 0, y: 0, width: 833, height: 843 }],
        ['Shop', 'https://rowan.example/shop', { x: 833, y: 0, width: 834, height: 843 }],
        ['Person', undefined, { x: 1667, y: 0, width: 833, height: 843 }],
      ],
    )
  })
  test('is found by the official client as it was meant', async () => {
    await setUp(menu)
    const { token: channelAccessToken } = stage.world.account
    const url = stage.world.baseUrl
    const client = LineBotClient.fromChannelAccessToken({ channelAccessToken, apiBaseURL: url, dataApiBaseURL: url })
    const { richMenuId } = await client.getDefaultRichMenuId()
    const found = await client.getRichMenu(richMenuId)
    assert.deepEqual(
      found.areas!.map(({ action }) => action!.type),
      ['message', 'uri', 'message'],
    )
    await client.validateRichMenuObject({
      size: found.size!,
      selected: true,
      name: 'x',
      chatBarText: 'y',
      areas: found.areas!,
    })
    const chunks: Buffer[] = []
    for await (const chunk of await client.getRichMenuImage(richMenuId)) chunks.push(Buffer.from(chunk as Uint8Array))
    assert.deepEqual(Buffer.concat(chunks), Buffer.from(files.get('/api/v1/media/1')!.bytes))
  })
  test('what is tapped arrives as the customer’s own words', async () => {
    await setUp(menu)
    stage.business.forget()
    stage.world.act(anna.id, { do: 'menu', entry: 0 })
    const [event] = await stage.business.heard('message')
    assert.deepEqual(event!.parts, [{ type: 'text', text: '営業時間は？' }])
    assert.throws(() => stage.world.act(anna.id, { do: 'menu', entry: 1 }), /not told of a uri/)
    assert.throws(() => stage.world.act(anna.id, { do: 'menu', entry: 9 }), /no such menu/)
  })
  test('the same again makes nothing, and no menu in the settings touches nothing', async () => {
    await setUp(menu)
    const [first] = kept()
    assert.equal((await setUp(menu)).ok, true)
    assert.equal(made(), 1)
    calls = []
    assert.equal((await setUp(undefined)).ok, true)
    assert.deepEqual([calls, kept()], [[], [first]])
  })
  test('a change of words or of the picture alone makes a new one, which stands before the old one goes', async () => {
    await setUp(menu)
    for (const changed of [
      { ...menu, picture: { media: '2' } },
      { ...menu, entries: entries.slice(0, 2) },
    ]) {
      calls = []
      assert.equal((await setUp(changed)).ok, true)
      assert.deepEqual(calls.slice(-2), ['POST user/all/richmenu/ID', 'DELETE richmenu/ID'])
      assert.equal(kept().length, 1)
      assert.equal(stage.world.profile.shownToAll, kept()[0]!.richMenuId)
    }
  })
  test('without entries it is taken away, and another tool’s menu is left alone', async () => {
    await setUp(menu)
    assert.equal((await setUp({ entries: [] })).ok, true)
    assert.deepEqual([kept(), shownMenu(stage.world)], [[], undefined])
    const other = {
      richMenuId: 'richmenu-other',
      name: 'of another tool',
      file: 'x',
      size: { width: 2500, height: 843 },
    }
    stage.world.profile = { richMenus: [other], shownToAll: 'richmenu-other' }
    assert.equal((await setUp({ entries: [] })).ok, true)
    assert.equal(stage.world.profile.shownToAll, 'richmenu-other')
    assert.equal((await setUp(menu)).ok, true)
    assert.equal(kept().length, 2)
    assert.notEqual(stage.world.profile.shownToAll, 'richmenu-other')
  })

  /** The menu stands; then it is changed, and `fault` is ordered when the call `at` is about to be made. */
  const troubled = async (at: string, fault: object) => {
    await setUp(menu)
    const [old] = kept()
    const result = await setUp({ ...menu, bar: 'Two' }, call => {
      const wanted = `${call.method} ${new URL(call.url).pathname}`.endsWith(at) || call.url.includes(at)
      if (wanted && call.method === 'POST') Object.assign(stage.world.faults, fault)
    })
    Object.assign(stage.world.faults, { token: false, down: 0, rate: 0, loseAnswer: 0 })
    assert.equal(stage.world.profile.shownToAll, old!.richMenuId, 'the old one stays')
    assert.equal(result.ok, false)
    return { result: result as typeof result & { ok: false }, old: old! }
  }
  test('when the picture cannot be uploaded the old menu stays and nothing half done is left', async () => {
    const { result, old } = await troubled('/content', { down: 1 })
    assert.match(result.detail, /^The menu was not set: .*HTTP 500/)
    assert.deepEqual(kept(), [old])
  })
  test('when LINE breaks while it is being shown, the next time settles it', async () => {
    const { result } = await troubled('/user/all/richmenu/', { down: 1 })
    assert.equal(result.why, 'down')
    assert.equal(kept().length, 2)
    assert.equal((await setUp({ ...menu, bar: 'Two' })).ok, true)
    assert.deepEqual([kept().length, shownMenu(stage.world)!.title], [1, 'Two'])
  })
  test('a lost answer to the making leaves a menu that nobody sees, and it goes the next time', async () => {
    const { result } = await troubled('POST /v2/bot/richmenu', { loseAnswer: 1 })
    assert.equal(result.why, 'down')
    assert.equal(kept().length, 2)
    assert.equal((await setUp(menu)).ok, true)
    assert.equal(kept().length, 1)
  })
  test('too many menus in an hour and a revoked token are told as such', async () => {
    assert.equal((await troubled('POST /v2/bot/richmenu', { rate: 1 })).result.why, 'rate')
    assert.equal((await troubled('POST /v2/bot/richmenu', { token: true })).result.why, 'auth')
  })
  test('a picture LINE would not take is refused before anything is made', async () => {
    const webp = await setUp({ ...menu, picture: { media: '4' } })
    assert.match(webp.ok ? '' : webp.detail, /JPEG or PNG of at most 1 MB/)
    assert.equal(made(), 0)
    const high = await setUp({ ...menu, picture: { media: '3' } })
    assert.match(high.ok ? '' : high.detail, /image size.*HTTP 400/)
    assert.deepEqual([kept(), shownMenu(stage.world)], [[], undefined])
  })
  test('settings that cannot become a menu are refused by the name of what is wrong', () => {
    const complaints = (wish: object) => {
      const read = line.settings.safeParse({ ...stage.settings, menu: wish })
      return read.success ? [] : read.error.issues.map(({ path, message }) => [path.join('.'), message])
    }
    assert.deepEqual(complaints({ entries: [{ label: 'Hours' }] }), [['menu.picture', 'The menu needs a picture.']])
    assert.deepEqual(complaints({ ...menu, bar: 'fifteen letters' }), [
      ['menu.bar', 'The words on the bar have more than 14 characters.'],
    ])
    const wrong = [
      { label: '' },
      { label: 'x'.repeat(21) },
      { label: 'Shop', opens: 'shop.example' },
      { label: 'a', says: 'y'.repeat(301) },
    ]
    assert.deepEqual(complaints({ ...menu, entries: wrong }), [
      ['menu.entries.0.label', 'Entry 1: the label is missing.'],
      ['menu.entries.1.label', 'Entry 2: the label has more than 20 characters.'],
      ['menu.entries.2.opens', 'Entry 3: the address must begin with https://'],
      ['menu.entries.3.says', 'Entry 4: what it says has more than 300 characters.'],
    ])
    const seven = Array.from({ length: 7 }, (_, i) => ({ label: `${i}` }))
    assert.deepEqual(complaints({ ...menu, entries: seven }), [['menu.entries', 'A menu has at most 6 entries here.']])
  })
})
