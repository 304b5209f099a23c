import type { Adapter, InboundEvent, Io } from '../contract.ts'
import { can, places } from './capabilities.ts'
import { media } from './media.ts'
import { parse } from './parse.ts'
import { profile } from './profile.ts'
import { call, send, typing } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { setup } from './setup.ts'
import { verify } from './verify.ts'

/** Takes the hourglass off a pressed button. */
async function acknowledge(event: InboundEvent, io: Io<Settings>): Promise<void> {
  if (event.type !== 'chosen') return
  await call({ method: 'answerCallbackQuery', fields: { callback_query_id: event.id.replace(/^cq/, '') } }, io)
}

export const telegram: Adapter<Settings> = {
  kind: 'telegram',
  name: 'Telegram',
  settings,
  can,
  places,
  verify,
  parse,
  send,
  media,
  setup,
  proof: 'answer',
  profile,
  typing,
  acknowledge,
}
