import type { TelegramInlineKeyboardMarkup } from '@gramio/types'
import type { Part } from '../../src/domain/message.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { deskOf, numberOf, personOf } from './desk.ts'
import { type Fields, integerOf, objectOf, textOf, trueIn } from './fields.ts'
import { bubbleId } from './messages.ts'
import { bad, blocked, Refusal, tooMany } from './refusal.ts'

/** Whom `chat_id` names. Refuses unknown chats, people who blocked the bot and people who never started it. */
export function recipientOf(fields: Fields, world: World): Person {
  const chat = textOf(fields, 'chat_id')
  if (!chat) throw bad('chat_id is empty')
  if (Number(chat) === Number(world.account.id)) throw new Refusal(403, "Forbidden: bot can't send messages to bots")
  if (textOf(fields, 'business_connection_id')) throw bad('business connection not found')
  const person = personOf(world, Number(chat))
  if (!person) throw bad('chat not found')
  if (person.blocked) throw blocked()
  const started =
    person.wroteAt !== undefined || world.bubbles.some(b => b.person === person.id && b.from === 'customer')
  if (!started) throw new Refusal(403, "Forbidden: bot can't initiate conversation with a user")
  return person
}

/** About 30 a second over all chats; up to as many again pass as a burst. */
export function pace(world: World): void {
  const desk = deskOf(world)
  const now = world.now().getTime()
  const second = 1000 / world.haste
  desk.sends = desk.sends.filter(at => at > now - second)
  if (desk.sends.length >= 60) throw tooMany(1)
  desk.sends.push(now)
}

/** The bubble a call quotes. */
export function quoteOf(fields: Fields, person: Person, world: World): string | undefined {
  const quote = objectOf<{ message_id?: unknown; allow_sending_without_reply?: unknown }>(fields, 'reply_parameters')
  const number = Number(quote?.message_id ?? textOf(fields, 'reply_to_message_id') ?? Number.NaN)
  if (Number.isNaN(number)) return undefined
  const bubble = world.bubble(bubbleId(numberOf(person), number))
  if (bubble && !bubble.deleted) return bubble.id
  if (quote?.allow_sending_without_reply || trueIn(fields, 'allow_sending_without_reply')) return undefined
  throw bad('message to be replied not found')
}

/** `message_id` in that person's chat. */
export const bubbleIn = (fields: Fields, person: Person, world: World) =>
  world.bubble(bubbleId(numberOf(person), integerOf(fields, 'message_id')))

/** The buttons under a message, checked as the Bot API checks them. */
export function choicesOf(fields: Fields, prompt: string): Part[] {
  const markup = objectOf<Partial<TelegramInlineKeyboardMarkup>>(fields, 'reply_markup')
  if (!markup?.inline_keyboard) return []
  if (!Array.isArray(markup.inline_keyboard))
    throw bad('field "inline_keyboard" of the InlineKeyboardMarkup must be of type Array')
  const buttons = markup.inline_keyboard.flat() as unknown as Record<string, unknown>[]
  if (buttons.length > 100) throw bad('reply markup is too long')
  return [{ type: 'choices', prompt, choices: buttons.map(choiceOf) }]
}

function choiceOf(button: Record<string, unknown>) {
  if (typeof button.text !== 'string')
    throw bad('can\'t parse inline keyboard button: Field "text" must be of type String')
  if (!button.text.trim()) throw bad("can't parse inline keyboard button: text must be non-empty")
  if (typeof button.url === 'string') {
    if (!URL.canParse(button.url)) throw bad('BUTTON_URL_INVALID')
    return { id: button.url, label: button.text }
  }
  if (typeof button.callback_data !== 'string')
    throw bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
  const bytes = Buffer.byteLength(button.callback_data)
  if (bytes < 1 || bytes > 64) throw bad('BUTTON_DATA_INVALID')
  return { id: button.callback_data, label: button.text }
}
