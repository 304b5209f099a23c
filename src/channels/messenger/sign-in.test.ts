import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HttpCall } from '../contract.ts'
import { signIn } from './sign-in.ts'

const given = { appId: '42', appSecret: 'app-secret', verifyToken: 'knock' }
const back = { redirectUri: 'https://chat.example/settings/messengers/connect-back', state: 'state', challenge: 'c' }
const answer = { code: 'c', redirectUri: back.redirectUri, verifier: 'v' }

/** Facebook, as far as a sign-in goes: a code works once, pages come in two portions. */
function facebook() {
  const calls: string[] = []
  let used = false
  const json = (status: number, json: unknown) => ({ status, headers: {}, json, bytes: new Uint8Array() })
  const http = async ({ url, headers }: HttpCall) => {
    calls.push(url)
    const { pathname, searchParams: query } = new URL(url)
    if (pathname.endsWith('/oauth/access_token') && query.get('code')) {
      if (used || query.get('redirect_uri') !== back.redirectUri)
        return json(400, { error: { message: 'This authorization code has been used.' } })
      used = true
      return json(200, { access_token: 'short' })
    }
    if (query.get('fb_exchange_token') === 'short') return json(200, { access_token: 'long' })
    assert.equal(headers?.authorization, 'Bearer long')
    const second = query.get('after') === 'c1'
    const data = [
      { id: second ? '102' : '101', name: second ? 'Rye Turku' : 'Rye Helsinki', access_token: second ? 'p2' : 'p1' },
    ]
    return json(200, {
      data,
      paging: second ? { cursors: { after: 'c2' } } : { cursors: { after: 'c1' }, next: 'more' },
    })
  }
  return { http, calls }
}

test('the administrator is sent to Facebook with the app’s own id and no secret', () => {
  const address = new URL(signIn.address(given, back))
  assert.equal(address.origin + address.pathname, 'https://www.facebook.com/v26.0/dialog/oauth')
  assert.equal(address.searchParams.get('client_id'), '42')
  assert.equal(address.searchParams.get('redirect_uri'), back.redirectUri)
  assert.equal(address.searchParams.get('state'), 'state')
  assert.match(address.searchParams.get('scope')!, /pages_messaging/)
  assert.ok(!address.href.includes('app-secret'))
})

test('all pages of whoever agreed may be connected, each with its own lasting token', async () => {
  const { http } = facebook()
  const accounts = await signIn.accounts(given, answer, { http, now: new Date() })
  assert.deepEqual(accounts, [
    { name: 'Rye Helsinki', settings: { pageId: '101', pageAccessToken: 'p1' } },
    { name: 'Rye Turku', settings: { pageId: '102', pageAccessToken: 'p2' } },
  ])
})

test('what Facebook refuses is said in its own words', async () => {
  const { http } = facebook()
  await signIn.accounts(given, answer, { http, now: new Date() })
  await assert.rejects(signIn.accounts(given, answer, { http, now: new Date() }), /has been used/)
})
