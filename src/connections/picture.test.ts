import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import sharp from 'sharp'
import { fakeChannel } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import { MediaGone, type Picture } from '../channels/contract.ts'
import { readMedia } from '../media/media.ts'
import { channelById, editChannel, setUp } from './connect.ts'
import { tendChannels } from './tend.ts'

const drawn = (background: string) =>
  sharp({ create: { width: 8, height: 8, channels: 3, background } })
    .png()
    .toBuffer()

async function pictured(t: TestContext) {
  const files: Record<string, Buffer> = {
    '/red.png': await drawn('red'),
    '/blue.png': await drawn('blue'),
    '/page.html': Buffer.from('<html><script>alert(1)</script></html>'),
    '/drawing.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    '/huge.png': Buffer.concat([await drawn('red'), Buffer.alloc(2_000_001)]),
  }
  const server = createServer((request, response) => {
    const file = files[request.url!]
    if (file) response.end(file)
    else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const fake = fakeChannel()
  const tells: { picture: Picture | 'unknown' | undefined } = { picture: undefined }
  const answer = async () => ({
    ok: true as const,
    account: 'Rye',
    proof: 'answer' as const,
    ...(tells.picture && { picture: tells.picture }),
  })
  fake.adapter.setup = answer
  fake.adapter.tend = { everyHours: 1, run: answer }
  const p = await testParley(t, fake)
  await editChannel(p.parley, p.workspaceId, p.channelId, { settings: { baseUrl } })
  const shown = async () => (await channelById(p.parley, p.db, p.workspaceId, p.channelId))!.pictureUrl
  return {
    p,
    files,
    fake,
    shown,
    /** `unknown`, a path of the server, or as the adapter says it. */
    async setUpWith(picture?: string | Picture) {
      tells.picture =
        picture === 'unknown'
          ? picture
          : typeof picture === 'string'
            ? { url: new URL(picture, baseUrl).href }
            : picture
      assert.ok((await setUp(p.parley, p.workspaceId, p.channelId))?.ok)
      return shown()
    },
    async bytes() {
      const media = /^\/api\/v1\/media\/(\d+)$/.exec((await shown()) ?? '')![1]!
      return (await readMedia(p.parley, p.workspaceId, media)).bytes
    },
  }
}

test('an account’s picture is copied and renewed, and goes when the account has none any more', async t => {
  const { setUpWith, bytes, files } = await pictured(t)
  assert.equal(await setUpWith(), null)
  const red = await setUpWith('/red.png')
  assert.ok(Buffer.from(await bytes()).equals(files['/red.png']!))
  assert.equal(await setUpWith('/red.png'), red, 'the same picture is not stored again')
  assert.notEqual(await setUpWith('/blue.png'), red)
  assert.ok(Buffer.from(await bytes()).equals(files['/blue.png']!))
  assert.equal(await setUpWith(), null)
})

test('a picture that is gone, too large, no picture or inside another network changes nothing', async t => {
  const { setUpWith, p } = await pictured(t)
  const elsewhere = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
  await once(elsewhere, 'listening')
  t.after(() => elsewhere.close())
  let asked = 0
  elsewhere.on('request', () => {
    asked += 1
  })
  const inside = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/red.png`
  const wrong = ['/gone.png', '/huge.png', '/page.html', '/drawing.svg', inside, 'file:///etc/hostname', 'https://[']
  for (const url of wrong) assert.equal(await setUpWith({ url }), null, url)
  const red = await setUpWith('/red.png')
  for (const url of wrong) assert.equal(await setUpWith({ url }), red, url)
  assert.equal(await setUpWith('unknown'), red, 'what could not be asked for')
  assert.equal(asked, 0, 'an address inside the network is not called')
  const { rows } = await p.db.query<{ n: number }>('select count(*)::int as n from media')
  assert.equal(rows[0]!.n, 1, 'nothing else was stored')
})

test('a picture behind the account’s token is fetched as a file of a message is', async t => {
  const { setUpWith, bytes, fake, files } = await pictured(t)
  fake.files.set('face', { bytes: files['/blue.png']! })
  assert.ok(await setUpWith({ ref: 'face' }))
  assert.ok(Buffer.from(await bytes()).equals(files['/blue.png']!))
  fake.adapter.media = async () => {
    throw new MediaGone('deleted')
  }
  assert.ok(await setUpWith({ ref: 'face' }), 'the copy stays')
})

test('upkeep renews the picture, and never takes it away', async t => {
  const { setUpWith, shown, p, fake } = await pictured(t)
  const red = await setUpWith('/red.png')
  const turn = async (picture?: Picture) => {
    fake.adapter.tend!.run = async () => ({ ok: true, account: 'Rye', ...(picture && { picture }) })
    p.time.offset += 2 * 3_600_000
    await tendChannels(p.parley)
    return shown()
  }
  assert.equal(await turn(), red)
  fake.files.set('new', { bytes: await drawn('green') })
  assert.notEqual(await turn({ ref: 'new' }), red)
})
