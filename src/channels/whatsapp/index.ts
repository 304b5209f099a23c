import type { Adapter } from '../contract.ts'
import { can } from './capabilities.ts'
import { media } from './media.ts'
import { parse } from './parse.ts'
import { markRead, send, typing } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup } from './setup.ts'
import { createTemplate, templates } from './templates.ts'
import { verify } from './verify.ts'

/** WhatsApp Business Platform, Cloud API. The network has no profile look-up: names come with messages. */
export const whatsapp: Adapter<Settings> = {
  kind: 'whatsapp',
  account: settings => settings.phoneNumberId,
  name: 'WhatsApp',
  settings,
  can,
  verify,
  parse,
  send,
  media,
  setup,
  proof: 'event',
  templates,
  createTemplate,
  markRead,
  typing,
}
