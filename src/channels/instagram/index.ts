import type { Adapter } from '../contract.ts'
import { media } from '../meta/chat/media.ts'
import { can, places } from './capabilities.ts'
import { parse } from './parse.ts'
import { profile } from './profile.ts'
import { markRead, send, typing } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup, tend } from './setup.ts'
import { signIns } from './sign-in.ts'
import { verify } from './verify.ts'

/** Direct messages and comments of one Instagram professional account. */
export const instagram: Adapter<Settings> = {
  kind: 'instagram',
  name: 'Instagram',
  settings,
  can,
  places,
  keeps: [],
  verify,
  account: s => s.accountId,
  parse,
  send,
  media,
  setup,
  proof: 'knock',
  signIns,
  tend: { everyHours: 24, run: tend },
  profile,
  markRead,
  typing,
}
