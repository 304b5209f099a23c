import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { parse } from './parse.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup } from './setup.ts'
import { verify } from './verify.ts'

export const smsGateway: Adapter<Settings> = {
  kind: 'sms-gateway',
  name: 'SMS gateway',
  settings,
  can,
  verify,
  parse,
  send,
  setup,
  proof: 'knock',
}
