import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import sharp from 'sharp'
import { said } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import type { Config } from '../config.ts'
import { createGuard, isInside } from './guard.ts'
import { publicLink, readLink } from './link.ts'
import { fileName, readMedia, recognise, storeMedia } from './media.ts'
import { localFolder } from './storage.ts'

test('addresses inside the network are known, however they are written', () => {
  const inside = [
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.0.8',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    'nonsense',
    '',
  ]
  assert.deepEqual(
    inside.filter(address => !isInside(address)),
    [],
  )
  const outside = ['8.8.8.8', '93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8']
  assert.deepEqual(outside.filter(isInside), [])
})

async function houseServer(t: TestContext): Promise<string> {
  const server = createServer((_request, response) => response.end('secret'))
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('an inside address is called only when an administrator named its origin', async t => {
  const origin = await houseServer(t)
  const { port } = new URL(origin)
  const guard = createGuard()
  t.after(() => guard.close())
  const answer = await guard.fetch(`${origin}/x`, { inside: [origin] })
  assert.equal(await answer.text(), 'secret')
  for (const url of [
    `${origin}/x`,
    `http://localhost:${port}/`,
    `http://2130706433:${port}/`,
    `http://0177.0.0.1:${port}/`,
    `http://0x7f000001:${port}/`,
    `http://[::ffff:127.0.0.1]:${port}/`,
    `http://127.1:${port}/`,
    'file:///etc/passwd',
    'ftp://example.com/',
  ])
    await assert.rejects(
      guard.fetch(url, { inside: ['http://127.0.0.1:1'] }),
      error =>
        ((error as Error & { cause?: { code?: string } }).cause ?? (error as { code?: string })).code === 'ERR_INSIDE',
      url,
    )
})

const on = (key: string, now = new Date('2026-06-01T12:00:00Z')) => ({
  config: { secretKey: Buffer.from(key), publicUrl: 'https://chat.example' } as Config,
  now: () => now,
})

test('a link to a file works for a day and cannot be made by others', () => {
  const house = on('our key')
  const link = publicLink(house, '7', '42', 'price list.pdf')
  assert.match(link, /^https:\/\/chat\.example\/files\/[^/]+\/price%20list\.pdf$/)
  const token = link.split('/')[4]!
  assert.deepEqual(readLink(house, token), { workspaceId: '7', mediaId: '42' })
  assert.equal(readLink(on('another key'), token), undefined)
  assert.equal(readLink(on('our key', new Date('2026-06-02T12:00:01Z')), token), undefined)
  const [workspace, media, expires, mac] = token.split('.')
  for (const forged of [
    `${workspace}.43.${expires}.${mac}`,
    `8.${media}.${expires}.${mac}`,
    `${workspace}.${media}.9999999999.${mac}`,
    `${workspace}.${media}.${expires}.`,
    `${workspace}.${media}.${expires}`,
    '...',
    '',
  ])
    assert.equal(readLink(house, forged), undefined, forged)
})

test('files stay within their folder, are whole, and can be read in part', async t => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-storage-'))
  t.after(() => fs.rmSync(folder, { recursive: true }))
  const storage = localFolder(path.join(folder, 'media'))
  await storage.put('1/ab/abc', Buffer.from('0123456789'), 'text/plain')
  await storage.put('1/ab/abc', Buffer.from('0123456789'), 'text/plain')
  const whole = await storage.get('1/ab/abc')
  assert.equal(whole?.size, 10)
  assert.equal(await text(whole!.stream), '0123456789')
  const some = await storage.get('1/ab/abc', { start: 2, end: 4 })
  assert.equal(await text(some!.stream), '234')
  assert.deepEqual(fs.readdirSync(path.join(folder, 'media/1/ab')), ['abc'])
  for (const key of ['../secret.key', '1/../../secret.key', '/etc/passwd', '1//2', '', '.', '1/a\0', 'a/b/'])
    await assert.rejects(async () => storage.get(key), /storage key/, key)
  await storage.remove('1/ab/abc')
  await storage.remove('1/ab/abc')
  assert.equal(await storage.get('1/ab/abc'), undefined)
})

test('a file is what its content says, not its name or its sender', async () => {
  const png = await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  assert.deepEqual(await recognise(png, 'application/pdf'), { mime: 'image/png', type: 'image', width: 30, height: 20 })
  const page = Buffer.from('<html><script>alert(1)</script></html>')
  for (const lie of ['image/png', 'text/html', 'image/svg+xml', 'application/javascript', undefined])
    assert.deepEqual(await recognise(page, lie), { mime: 'application/octet-stream', type: 'file' })
  assert.deepEqual(await recognise(Buffer.from('a;b'), 'Text/CSV; charset=utf-8'), { mime: 'text/csv', type: 'file' })
  const broken = Buffer.concat([png.subarray(0, 12), Buffer.from('not a picture at all')])
  assert.equal((await recognise(broken, 'image/png')).type, 'file')
  assert.equal((await recognise(Buffer.alloc(0), 'image/png')).type, 'file')
})

test('a file name has no path, no control characters, no way to turn itself around', () => {
  const cases: [string | undefined, string][] = [
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\list.pdf', 'list.pdf'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['a\0b\r\nc', 'abc'],
    ['', 'file'],
    [undefined, 'file'],
    ['прайс 2026.pdf', 'прайс 2026.pdf'],
  ]
  for (const [given, name] of cases) assert.equal(fileName(given), name)
  const cut = fileName(`${'n'.repeat(199)}😀`)
  assert.ok(cut.length <= 200 && cut.isWellFormed())
})

test('a file that came with a message is fetched beside it, recognised and readable', async t => {
  const p = await testParley(t)
  const bytes = await sharp({ create: { width: 8, height: 6, channels: 3, background: 'blue' } })
    .jpeg()
    .toBuffer()
  p.fake.files.set('f', { bytes, mime: 'application/octet-stream', name: '../photo.jpg' })
  await p.hear(said('anna', '', { parts: [{ type: 'image', url: '', ref: 'f', caption: 'Look' }] }))
  const before = (await p.theOne()).messages[0]!.parts[0] as { state?: string; ref?: string; media: string }
  assert.ok(before.state && before.ref === undefined)
  await p.quiet()
  const part = (await p.theOne()).messages[0]!.parts[0] as Record<string, unknown>
  const { state, mime, width, height, name, caption } = part
  assert.deepEqual(
    { state, mime, width, height, name, caption },
    { state: 'ready', mime: 'image/jpeg', width: 8, height: 6, name: 'photo.jpg', caption: 'Look' },
  )
  assert.deepEqual(Buffer.from((await readMedia(p, p.workspaceId, before.media)).bytes), bytes)
})

test('a file that can never be had says so and leaves its message', async t => {
  const p = await testParley(t)
  await p.hear(
    said('anna', '', {
      parts: [
        { type: 'text', text: 'see' },
        { type: 'image', url: '', ref: 'gone' },
      ],
    }),
  )
  await p.quiet()
  const [words, file] = (await p.theOne()).messages[0]!.parts as { text?: string; state?: string; failure?: string }[]
  assert.equal(words!.text, 'see')
  assert.deepEqual([file!.state, file!.failure], ['failed', 'The sender took it back.'])
})

test('the same file of two workspaces is two files, and neither sees the other’s', async t => {
  const p = await testParley(t)
  const stored = await storeMedia(p, p.workspaceId, { bytes: Buffer.from('same'), mime: 'text/plain', name: 'a.txt' })
  const again = await storeMedia(p, p.workspaceId, { bytes: Buffer.from('same'), mime: 'text/plain', name: 'b.txt' })
  assert.notEqual(stored.media, again.media)
  await assert.rejects(readMedia(p, '999', stored.media), /is not here/)
})
