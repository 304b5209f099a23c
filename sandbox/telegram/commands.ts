import { records, text } from '../../src/channels/kit.ts'
import type { PhoneMenu } from '../wire.ts'
import { setProfile, type World } from '../world.ts'
import { type Fields, objectOf } from './fields.ts'
import { bad } from './refusal.ts'
import type { Method } from './sending.ts'

const commandsOf = (world: World) => records(world.profile.commands)

function setMyCommands(fields: Fields, world: World): true {
  const commands = records(objectOf<object[]>(fields, 'commands'))
  if (commands.length > 100) throw bad('BOT_COMMANDS_TOO_MUCH')
  if (commands.some(({ command }) => !/^[a-z0-9_]{1,32}$/.test(text(command) ?? ''))) throw bad('BOT_COMMAND_INVALID')
  const wrong = ({ description }: Record<string, unknown>) => !text(description) || text(description)!.length > 256
  if (commands.some(wrong)) throw bad('BOT_COMMAND_DESCRIPTION_INVALID')
  setProfile(world, { commands })
  return true
}

function deleteMyCommands(_fields: Fields, world: World): true {
  setProfile(world, { commands: undefined })
  return true
}

const getMyCommands: Method = (_fields, world) => commandsOf(world)

const buttons = ['commands', 'default', 'web_app']

/** The default one, for all chats. */
function setChatMenuButton(fields: Fields, world: World): true {
  const button = objectOf<{ type?: string }>(fields, 'menu_button') ?? { type: 'default' }
  if (!buttons.includes(button.type ?? '')) throw bad('unsupported menu button type')
  setProfile(world, { button })
  return true
}

const getChatMenuButton: Method = (_fields, world) =>
  (world.profile.button as object | undefined) ?? { type: 'default' }

export const commandMethods: Record<string, Method> = {
  setMyCommands,
  deleteMyCommands,
  getMyCommands,
  setChatMenuButton,
  getChatMenuButton,
}

export function menu(world: World): PhoneMenu | undefined {
  const entries = commandsOf(world).map(({ command, description }) => ({
    label: `/${text(command)}`,
    hint: text(description) ?? '',
  }))
  return entries.length ? { shape: 'commands', entries } : undefined
}

/** What is written by tapping a command. Throws when there is no such command. */
export function tapped(entry: number, world: World): string {
  const command = text(commandsOf(world)[entry]?.command)
  if (!command) throw new Error('telegram: the bot has no such command')
  return `/${command}`
}
