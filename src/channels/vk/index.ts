import type { Adapter } from '../contract.ts'
import { can, places } from './capabilities.ts'
import { acknowledge, markRead, typing } from './courtesy.ts'
import { listen } from './listen.ts'
import { media } from './media.ts'
import { parse } from './parse.ts'
import { profile } from './profile.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { renew, setup } from './setup.ts'
import { verify } from './verify.ts'

export const vk: Adapter<Settings> = {
  kind: 'vk',
  name: 'VK',
  settings,
  can,
  places,
  verify,
  account: ({ groupId }) => groupId,
  parse,
  send,
  media,
  setup,
  proof: 'event',
  tend: { everyHours: 6, run: renew },
  listen,
  profile,
  markRead,
  typing,
  acknowledge,
}
