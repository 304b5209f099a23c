import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { markRead, profile, typing } from './courtesy.ts'
import { media } from './media.ts'
import { parse } from './parse.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { renew, setup } from './setup.ts'
import { verify } from './verify.ts'

export const ok: Adapter<Settings> = {
  kind: 'ok',
  name: 'Odnoklassniki',
  settings,
  can,
  verify,
  parse,
  send,
  media,
  setup,
  proof: 'knock',
  tend: { everyHours: 4, run: renew },
  profile,
  markRead,
  typing,
}
