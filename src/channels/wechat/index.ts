import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { media } from './media.ts'
import { parse } from './parse.ts'
import { profile, typing } from './profile.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup } from './setup.ts'
import { templates } from './templates.ts'
import { verify } from './verify.ts'

export const wechat: Adapter<Settings> = {
  kind: 'wechat',
  name: 'WeChat',
  settings,
  can,
  verify,
  parse,
  send,
  media,
  setup,
  proof: 'knock',
  profile,
  templates,
  typing,
}
