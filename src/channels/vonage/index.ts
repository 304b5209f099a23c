import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { media } from './media.ts'
import { parse } from './parse.ts'
import { digits } from './parts.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup } from './setup.ts'
import { verify } from './verify.ts'

export const vonage: Adapter<Settings> = {
  kind: 'vonage',
  name: 'Vonage SMS',
  settings,
  can,
  account: ({ from }) => digits(from),
  // Webhooks may be set to GET: then all of it is in the query.
  keepsQuery: 'all',
  verify,
  parse,
  send,
  media,
  setup,
  proof: 'knock',
}
