import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { parse } from './parse.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup } from './setup.ts'
import { verify } from './verify.ts'

export const newChannel: Adapter<Settings> = {
  kind: 'newchannel',
  name: 'New Channel',
  settings,
  can,
  verify,
  parse,
  send,
  setup,
  // What proves that events arrive: contract.ts, ProofKind.
  proof: 'knock',
}
