import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { media } from './media.ts'
import { parse } from './parse.ts'
import { acknowledge, profile, typing } from './profile.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup, tend } from './setup.ts'
import { verify } from './verify.ts'

export const max: Adapter<Settings> = {
  kind: 'max',
  name: 'MAX',
  settings,
  can,
  verify,
  parse,
  send,
  media,
  setup,
  proof: 'knock',
  tend,
  profile,
  typing,
  acknowledge,
}
