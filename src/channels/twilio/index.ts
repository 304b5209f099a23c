import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { media } from './media.ts'
import { parse } from './parse.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup } from './setup.ts'
import { verify } from './verify.ts'

export const twilio: Adapter<Settings> = {
  kind: 'twilio',
  name: 'Twilio SMS',
  settings,
  can,
  // Webhooks may be set to GET: then all of it is in the query.
  keepsQuery: 'all',
  verify,
  parse,
  send,
  media,
  setup,
  proof: 'knock',
}
