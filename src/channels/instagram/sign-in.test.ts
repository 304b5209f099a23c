import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIo } from '../../../test/channels/io.ts'
import type { HttpCall } from '../contract.ts'
import { instagram } from './index.ts'
import { signIns } from './sign-in.ts'

const [byInstagram, byPage] = signIns as [(typeof signIns)[0], (typeof signIns)[0]]
const given = { appId: '42', appSecret: 'app-secret', verifyToken: 'knock' }
const back = { redirectUri: 'https://chat.example/settings/messengers/connect-back', state: 'state', challenge: 'c' }
const answer = { code: 'c#_', redirectUri: back.redirectUri, verifier: 'v' }

/** Answers by the host and path of the call; anything else is a call that should not be. */
function meta(answers: Record<string, unknown>) {
  const calls: HttpCall[] = []
  const http = async (call: HttpCall) => {
    calls.push(call)
    const { host, pathname } = new URL(call.url)
    const json = answers[host + pathname]
    assert.ok(json, call.url)
    return { status: 200, headers: {}, json, bytes: new Uint8Array() }
  }
  return { io: { http, now: new Date() }, calls }
}

test('Business Login asks for messages and comments at Instagram’s own page, without any secret', () => {
  const address = new URL(byInstagram.address(given, back))
  assert.equal(address.origin + address.pathname, 'https://www.instagram.com/oauth/authorize')
  const { client_id, response_type, scope, state } = Object.fromEntries(address.searchParams)
  assert.deepEqual([client_id, response_type, state], ['42', 'code', 'state'])
  assert.equal(scope, 'instagram_business_basic,instagram_business_manage_messages,instagram_business_manage_comments')
  assert.ok(!address.href.includes('app-secret'))
})

test('Business Login brings the lasting token, the account’s id and its name', async () => {
  const { io, calls } = meta({
    'api.instagram.com/oauth/access_token': {
      data: [{ access_token: 'short', user_id: '1', permissions: 'instagram_business_manage_messages' }],
    },
    'graph.instagram.com/access_token': { access_token: 'long', expires_in: 5_184_000 },
    'graph.instagram.com/v26.0/me': { user_id: '17841', username: 'rye', name: 'Rye' },
  })
  const [account] = await byInstagram.accounts(given, answer, io)
  assert.deepEqual(account, {
    name: 'rye',
    settings: { accountId: '17841', accessToken: 'long', baseUrl: 'https://graph.instagram.com' },
  })
  assert.equal((calls[0]!.form as URLSearchParams).get('code'), 'c', 'what Instagram appends is no part of the code')
})

test('through a Facebook page only the linked accounts are offered, with the page’s token', async () => {
  assert.match(
    byPage.address(given, back),
    /^https:\/\/www\.facebook\.com\/v26\.0\/dialog\/oauth\?.*instagram_manage_mes/,
  )
  const linked = {
    id: '101',
    name: 'Rye',
    access_token: 'p1',
    instagram_business_account: { id: '17841', username: 'rye' },
  }
  const tokens = { 'graph.facebook.com/v26.0/oauth/access_token': { access_token: 't' } }
  const pages = (...data: object[]) => meta({ ...tokens, 'graph.facebook.com/v26.0/me/accounts': { data } }).io
  const bare = { id: '102', name: 'Turku', access_token: 'p2' }
  assert.deepEqual(await byPage.accounts(given, answer, pages(bare, linked)), [
    {
      name: 'rye',
      settings: { accountId: '17841', accessToken: 'p1', baseUrl: 'https://graph.facebook.com' },
    },
  ])
  await assert.rejects(byPage.accounts(given, answer, pages(bare)), /None of these pages is linked/)
})

test('a channel is signed in again the way it was connected', () => {
  const page = { ...given, baseUrl: 'https://graph.facebook.com' }
  assert.deepEqual([byInstagram.fits!(page), byPage.fits!(page)], [false, true])
  assert.deepEqual([byInstagram.fits!(given), byPage.fits!(given)], [true, false])
})

test('a page’s token is not renewed, but its end is told where the app may ask', async () => {
  const expires_at = Math.floor(Date.now() / 1000) + 3 * 86_400
  const fields = {
    data: [{ subscribed_fields: ['messages', 'messaging_postbacks', 'messaging_referrals', 'message_reactions'] }],
  }
  const { io } = meta({
    'graph.facebook.com/v26.0/me': { name: 'Rye', instagram_business_account: { id: '17841', username: 'rye' } },
    'graph.facebook.com/v26.0/me/subscribed_apps': fields,
    'graph.facebook.com/v26.0/debug_token': { data: { is_valid: true, expires_at } },
  })
  const account = { ...given, accountId: '17841', accessToken: 'p1', baseUrl: 'https://graph.facebook.com' }
  const tended = (settings: object) =>
    instagram.tend!.run('', { ...createIo(instagram.settings.parse(settings)), http: io.http })
  const result = await tended(account)
  assert.match(result.ok ? result.warning! : result.detail, /expires on \d{4}-\d\d-\d\d\. Sign in again before/)
  const { appId: _, ...bare } = account
  const silent = await tended(bare)
  assert.ok(silent.ok && silent.warning === undefined, JSON.stringify(silent))
})
