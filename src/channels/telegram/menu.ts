import { commandOf, type Menu } from '../../domain/menu.ts'
import type { Io, SendResult } from '../contract.ts'
import { maybe } from '../kit.ts'
import type { Call } from './render.ts'
import { call, refusal } from './send.ts'
import type { Settings } from './settings.ts'

/** Sets the commands and has the Menu button show them, or takes both away. What stays the same is no change to Telegram. */
export async function setMenu(io: Io<Settings>): Promise<(SendResult & { ok: false }) | undefined> {
  for (const one of io.settings.menu ? calls(io.settings.menu) : []) {
    const answer = await call(one, io)
    if (!maybe(answer.json).ok) return refusal(answer)
  }
  return undefined
}

export function calls({ entries }: Menu): Call[] {
  const button = (type: string): Call => ({ method: 'setChatMenuButton', fields: { menu_button: { type } } })
  if (!entries.length) return [{ method: 'deleteMyCommands', fields: {} }, button('default')]
  const commands = entries.map(entry => ({ command: commandOf(entry), description: entry.label }))
  return [{ method: 'setMyCommands', fields: { commands } }, button('commands')]
}
