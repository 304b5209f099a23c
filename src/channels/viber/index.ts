import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { media } from './media.ts'
import { parse } from './parse.ts'
import { profile } from './profile.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup } from './setup.ts'
import { verify } from './verify.ts'

export const viber: Adapter<Settings> = {
  kind: 'viber',
  name: 'Viber',
  settings,
  can,
  verify,
  parse,
  send,
  media,
  setup,
  proof: 'event',
  profile,
}
