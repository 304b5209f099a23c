import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIo } from '../../../test/channels/io.ts'
import { email } from './index.ts'
import { keptKey, signingKey } from './settings.ts'
import { signIns } from './sign-in.ts'

const [google, microsoft] = signIns as [(typeof signIns)[0], (typeof signIns)[0]]
const app = { clientId: 'id', clientSecret: 'app-secret' }
const back = { redirectUri: 'https://chat.example/back', state: 's', challenge: 'digest' }
const answer = { code: 'c', redirectUri: back.redirectUri, verifier: 'v'.repeat(43) }
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const idToken = (claims: object) => `${part({ alg: 'RS256' })}.${part(claims)}.sig`

function provider(status: number, json: object) {
  const forms: URLSearchParams[] = []
  const http = async (call: { form?: unknown }) => {
    forms.push(call.form as URLSearchParams)
    return { status, headers: {}, json, bytes: new Uint8Array() }
  }
  return { io: { http, now: new Date() } as never, forms }
}

test('Google is asked for the mail, for a lasting consent, and with a proof of our own', () => {
  const address = new URL(google.address({ ...app, address: 'shop@rye.example' }, back))
  assert.equal(address.origin + address.pathname, 'https://accounts.google.com/o/oauth2/v2/auth')
  assert.deepEqual(Object.fromEntries(address.searchParams), {
    client_id: 'id',
    redirect_uri: back.redirectUri,
    response_type: 'code',
    scope: 'openid email https://mail.google.com/',
    state: 's',
    code_challenge: 'digest',
    code_challenge_method: 'S256',
    access_type: 'offline',
    prompt: 'consent select_account',
    login_hint: 'shop@rye.example',
  })
})

test('Google brings the address, both servers and a refresh token', async () => {
  const tokens = {
    refresh_token: 'r',
    scope: 'openid https://mail.google.com/',
    id_token: idToken({ email: 'a@b.example' }),
  }
  const { io, forms } = provider(200, tokens)
  const [account] = await google.accounts(app, answer, io)
  const { signingSecret, ...settings } = account!.settings
  assert.deepEqual(settings, {
    address: 'a@b.example',
    user: null,
    password: null,
    baseUrl: 'imaps://imap.gmail.com',
    smtpUrl: 'smtps://smtp.gmail.com',
    tokenUrl: 'https://oauth2.googleapis.com/token',
    refreshToken: 'r',
  })
  assert.match(String(signingSecret), /^key:/)
  assert.equal(forms[0]!.get('code_verifier'), answer.verifier)
})

test('Microsoft is asked at the operator’s own directory, and its user name may differ from the address', async () => {
  const given = { ...app, tenant: 'rye.example' }
  const address = new URL(microsoft.address(given, back))
  assert.equal(address.origin + address.pathname, 'https://login.microsoftonline.com/rye.example/oauth2/v2.0/authorize')
  assert.match(address.searchParams.get('scope')!, /offline_access .*IMAP\.AccessAsUser\.All .*SMTP\.Send/)
  const claims = { email: 'shop@rye.example', preferred_username: 'aino@rye.onmicrosoft.example' }
  const { io } = provider(200, { refresh_token: 'r', id_token: idToken(claims) })
  const { settings } = (await microsoft.accounts(given, answer, io))[0]!
  assert.deepEqual(
    [settings.address, settings.user, settings.baseUrl, settings.smtpUrl, settings.tokenUrl],
    [
      'shop@rye.example',
      'aino@rye.onmicrosoft.example',
      'imaps://outlook.office365.com',
      'smtp://smtp.office365.com:587',
      'https://login.microsoftonline.com/rye.example/oauth2/v2.0/token',
    ],
  )
})

test('what is missing is said in words for whoever signed in', async () => {
  const id_token = idToken({ email: 'a@b.example' })
  const no = (status: number, json: object) => google.accounts(app, answer, provider(status, json).io)
  await assert.rejects(no(200, { scope: 'openid email', id_token }), /not allowed to give access to the mail/)
  await assert.rejects(no(200, { id_token }), /Google gave no refresh token/)
  await assert.rejects(no(200, { refresh_token: 'r', id_token: 'x.y.z' }), /did not say which mailbox/)
  await assert.rejects(no(200, { refresh_token: 'r' }), /did not say which mailbox/)
  const description = 'AADSTS54005: The code was already redeemed.\r\nTrace ID: 1'
  await assert.rejects(
    no(400, { error: 'invalid_grant', error_description: description }),
    /^Error: Google: .*redeemed\.\s*$/,
  )
})

test('a channel is signed in again where its tokens come from', () => {
  for (const [tokenUrl, ways] of [
    ['https://oauth2.googleapis.com/token', [true, false]],
    ['https://login.microsoftonline.com/common/oauth2/v2.0/token', [false, true]],
    ['https://oauth.yandex.com/token', [false, false]],
  ] as const)
    assert.deepEqual(
      [google, microsoft].map(one => one.fits!({ tokenUrl })),
      ways,
    )
})

const settings = () =>
  email.settings.parse({
    address: 'shop@rye.example',
    baseUrl: 'imaps://imap.gmail.com',
    smtpUrl: 'smtps://smtp.gmail.com',
    clientId: 'id',
    refreshToken: 'r1',
    tokenUrl: 'https://oauth2.googleapis.com/token',
  })

const tended = (status: number, json: object) => {
  const io = createIo(settings())
  const http = async () => ({ status, headers: {}, json, bytes: new Uint8Array() })
  return { io, result: email.tend!.run('', { ...io, http }) }
}

test('a consent that ends within days is told of, one that was taken back is refused, an outage is nothing', async () => {
  const granted = { access_token: 'a', expires_in: 3600 }
  const week = await tended(200, { ...granted, refresh_token_expires_in: 604_799 }).result
  assert.match(
    week.ok ? week.warning! : '',
    /consent to read this mailbox ends on \d{4}-\d\d-\d\d\. Sign in again before/,
  )
  assert.deepEqual(await tended(200, granted).result, { ok: true, account: 'shop@rye.example' })
  const gone = await tended(400, { error: 'invalid_grant' }).result
  assert.deepEqual(gone, { ok: false, why: 'auth', detail: 'No access token: invalid_grant' })
  for (const [status, error] of [
    [503, 'busy'],
    [400, 'temporarily_unavailable'],
  ] as const) {
    const down = await tended(status, { error }).result
    assert.equal(!down.ok && down.why, 'down')
  }
})

test('threads keep their signature when the refresh token that signed them is rotated', async () => {
  const before = signingKey(settings())
  const { io, result } = tended(200, { access_token: 'a', refresh_token: 'r2' })
  assert.ok((await result).ok)
  assert.equal(io.settings.refreshToken, 'r2')
  assert.equal(signingKey(io.settings), before)
  assert.equal(keptKey({ signingSecret: 'a secret of mine' }, ''), 'a secret of mine')
})
