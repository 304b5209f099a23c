import type { Adapter } from '../contract.ts'
import { capabilities } from './capabilities.ts'
import { parse } from './parse.ts'
import { send } from './send.ts'
import { type Settings, settings } from './settings.ts'
import { verify } from './verify.ts'

/** The chat on the business's own website. src/site speaks with the visitors; to the inbox it is one more messenger. */
export const site: Adapter<Settings> = {
  kind: 'site',
  name: 'Website chat',
  settings,
  can: capabilities,
  verify,
  parse,
  send,
  // Both are shown by src/site, which listens to the live hub: reading as `unread` of the conversation, typing as it is.
  async markRead() {},
  async typing() {},
  proof: 'knock',
  async setup() {
    return {
      ok: true,
      account: 'Website chat',
      detail: 'Put the script tag into your pages; see the channel’s README.',
    }
  },
}
