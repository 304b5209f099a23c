import { type MenuEntry, saidBy } from '../../domain/menu.ts'
import { AnswerLost, type Io, NotSent, type SetupResult } from '../contract.ts'
import type { Json } from '../kit.ts'
import { menuOf } from '../menu.ts'
import { Declined, type Refusal } from '../tencent/refusal.ts'
import { call } from './api.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

/** WeChat has no call that registers a webhook: this checks the secret, sets the menu, and says what to enter where. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  try {
    const refused = refusal(await call({ path: '/cgi-bin/get_api_domain_ip' }, io)) ?? (await setMenu(io))
    if (refused) return failed(refused)
    const mode = io.settings.encodingAesKey ? 'Safe' : 'Plain'
    const detail = `Enter ${webhookUrl} as the server address at WeChat, with the same Token, message mode "${mode}", format XML`
    return { ok: true, account: io.settings.appId, detail }
  } catch (error) {
    if (error instanceof Declined) return failed(error.refusal)
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}

const failed = ({ why, detail }: Refusal): SetupResult => ({ ok: false, why, detail })

async function setMenu(io: Io<Settings>): Promise<Refusal | null> {
  const menu = menuOf(io.settings.menu)
  if (!menu) return null
  const button = menu.entries.map(buttonOf)
  if (!button.length) return refusal(await call({ path: '/cgi-bin/menu/delete' }, io))
  if (button.length > 3) return { why: 'invalid', detail: 'A menu has at most three buttons' }
  return refusal(await call({ path: '/cgi-bin/menu/create', json: { button } }, io))
}

/** A tab that brings its words back as a key, or opens an address. */
export const buttonOf = (entry: MenuEntry): Json =>
  entry.opens
    ? { type: 'view', name: entry.label, url: entry.opens }
    : { type: 'click', name: entry.label, key: saidBy(entry) }
