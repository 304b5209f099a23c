import type { Adapter } from '../contract.ts'
import { can, places } from './capabilities.ts'
import { media } from './media.ts'
import { parse } from './parse.ts'
import { profile } from './profile.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup } from './setup.ts'
import { markRead, typing } from './signs.ts'
import { verify } from './verify.ts'

export const line: Adapter<Settings> = {
  kind: 'line',
  name: 'LINE',
  settings,
  can,
  places,
  verify,
  parse,
  send,
  media,
  setup,
  proof: 'event',
  profile,
  markRead,
  typing,
}
