import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { listen } from './listen.ts'
import { media } from './media.ts'
import { parse } from './parse.ts'
import { profile } from './profile.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup } from './setup.ts'
import { verify } from './verify.ts'

export const wecom: Adapter<Settings> = {
  kind: 'wecom',
  name: 'WeCom',
  settings,
  can,
  verify,
  parse,
  send,
  media,
  setup,
  proof: 'connection',
  listen,
  profile,
}
