import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import type { HttpCall } from '../../src/channels/contract.ts'
import { adapters } from '../../src/channels/index.ts'
import { fixturesIn } from './fixture.ts'
import { createIo } from './io.ts'

/** What each network answers about its account's picture; the rest of the answers says that all is done. */
const url = 'https://pictures.example/account.jpg'
const settingsOf = (kind: string) =>
  fixturesIn(path.join(import.meta.dirname, '../../src/channels', kind, 'fixtures'))[0]!.settings as Record<
    string,
    string
  >

type Answers = (call: HttpCall, settings: Record<string, string>) => unknown
const networks: Record<string, Answers> = {
  whatsapp: call =>
    /whatsapp_business_profile\?fields=profile_picture_url$/.test(call.url) && { data: [{ profile_picture_url: url }] },
  messenger: (call, { pageId }) => {
    if (call.url.includes('debug_token')) return { data: { is_valid: true } }
    return /\/me\?fields=[^?]*\bpicture\b/.test(call.url) && { id: pageId, name: 'Rye', picture: { data: { url } } }
  },
  instagram: (call, { accountId }) =>
    /\/me\?fields=[^?]*\bprofile_picture_url\b/.test(call.url) && { user_id: accountId, profile_picture_url: url },
  vk: (call, { confirmationCode }) => {
    if (call.url.includes('groups.getById')) return { response: { groups: [{ name: 'Rye', photo_200: url }] } }
    return { response: { code: confirmationCode, items: [], server_id: 1 } }
  },
  max: call => call.url.endsWith('/me') && { name: 'Rye', avatar_url: url },
  viber: call => call.url.endsWith('get_account_info') && { status: 0, name: 'Rye', icon: url },
  line: call => call.url.endsWith('/v2/bot/info') && { displayName: 'Rye', pictureUrl: url },
  wecom: (call, { openKfId }) =>
    call.url.includes('account/list') && { account_list: [{ open_kfid: openKfId, name: 'Rye', avatar: url }] },
}

for (const [kind, answers] of Object.entries(networks))
  test(`${kind} tells the picture of its account`, async () => {
    const adapter = adapters.find(a => a.kind === kind)!
    const given = settingsOf(kind)
    const io = createIo(adapter.settings.parse(given))
    const fields: string[] = []
    const done = await adapter.setup!('https://chat.example/hooks/1', {
      ...io,
      async http(call) {
        fields.push(...(new URL(call.url).searchParams.get('subscribed_fields')?.split(',') ?? []))
        const usual = {
          status: 0,
          success: true,
          access_token: 'token',
          expires_in: 7200,
          data: [{ subscribed_fields: fields }],
        }
        return { status: 200, headers: {}, bytes: new Uint8Array(), json: answers(call, given) || usual }
      },
    })
    assert.deepEqual(done.ok ? done.picture : done, { url })
  })
