import type { Adapter } from '../contract.ts'
import { media } from '../meta/chat/media.ts'
import { can, places } from './capabilities.ts'
import { parse } from './parse.ts'
import { profile } from './profile.ts'
import { markRead, send, typing } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup, tend } from './setup.ts'
import { signIn } from './sign-in.ts'
import { templates } from './templates.ts'
import { verify } from './verify.ts'

/** Facebook Messenger and the comments of one page, by the Messenger Platform and the Graph API. */
export const messenger: Adapter<Settings> = {
  kind: 'messenger',
  name: 'Messenger',
  settings,
  can,
  places,
  keeps: [],
  verify,
  account: s => s.pageId,
  parse,
  send,
  media,
  setup,
  proof: 'event',
  signIns: [signIn],
  tend: { everyHours: 24, run: tend },
  profile,
  templates,
  markRead,
  typing,
}
