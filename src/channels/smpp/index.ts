import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { listen } from './listen.ts'
import { parse } from './parse.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup } from './setup.ts'
import { verify } from './verify.ts'

export const smpp: Adapter<Settings> = {
  kind: 'smpp',
  name: 'SMPP',
  settings,
  can,
  uncalled: true,
  verify,
  parse,
  send,
  setup,
  proof: 'connection',
  listen,
}
