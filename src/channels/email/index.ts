import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { listen } from './listen.ts'
import { media } from './media.ts'
import { parse, told } from './parse.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup, tend } from './setup.ts'
import { signIns } from './sign-in.ts'
import { verify } from './verify.ts'

export const email: Adapter<Settings> = {
  kind: 'email',
  name: 'E-mail',
  settings,
  can,
  keeps: told,
  uncalled: true,
  verify,
  parse,
  send,
  media,
  setup,
  signIns,
  proof: 'connection',
  tend: { everyHours: 24, run: tend },
  listen,
}
