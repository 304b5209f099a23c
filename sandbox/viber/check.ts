import { type Json, maybe, number, records, text } from '../../src/channels/kit.ts'

/** Viber's own words for its refusals. */
export const statuses = {
  invalidUrl: 1,
  invalidAuthToken: 2,
  badData: 3,
  missingData: 4,
  receiverNotRegistered: 5,
  receiverNotSubscribed: 6,
  webhookNotSet: 10,
  tooManyRequests: 12,
} as const
export type Refusal = keyof typeof statuses

const bad: Refusal = 'badData'
const missing: Refusal = 'missingData'

/** What is wrong with a message, as Viber checks it before it accepts one; undefined when nothing is. */
export function fault(message: Json): Refusal | undefined {
  const sender = maybe(message.sender)
  if (message.sender && !text(sender.name)) return missing
  if ((text(sender.name) ?? '').length > 28) return bad
  if ((text(message.tracking_data) ?? '').length > 4000) return bad
  const keyboard = message.keyboard ? keyboardFault(maybe(message.keyboard)) : undefined
  if (keyboard) return keyboard
  if (!message.type) return message.keyboard ? undefined : missing
  const check = checks[String(message.type)]
  return check ? check(message) : bad
}

const checks: Record<string, (message: Json) => Refusal | undefined> = {
  text: m => required(m.text, 7000),
  picture: m => address(m.media) ?? optional(m.text, 512),
  video: m => address(m.media) ?? size(m.size, 26_000_000) ?? ((number(m.duration) ?? 0) > 600 ? bad : undefined),
  file: m => address(m.media) ?? size(m.size, 50_000_000) ?? required(m.file_name, 256),
  url: m => required(m.media, 2000),
  sticker: m => (number(m.sticker_id) === undefined ? missing : undefined),
  contact: m => required(maybe(m.contact).name, 28) ?? required(maybe(m.contact).phone_number, 18),
  location: m => place(maybe(m.location)),
  rich_media: m => richMediaFault(m),
}

const required = (value: unknown, max: number): Refusal | undefined =>
  !text(value) ? missing : text(value)!.length > max ? bad : undefined

const optional = (value: unknown, max: number): Refusal | undefined =>
  (text(value) ?? '').length > max ? bad : undefined

const address = (value: unknown): Refusal | undefined =>
  !text(value) ? missing : /^https?:\/\//.test(text(value)!) ? undefined : bad

function size(value: unknown, max: number): Refusal | undefined {
  const bytes = number(value)
  if (bytes === undefined) return missing
  return bytes > 0 && bytes <= max ? undefined : bad
}

function place({ lat, lon }: Json): Refusal | undefined {
  const [y, x] = [number(lat), number(lon)]
  if (y === undefined || x === undefined) return missing
  return Math.abs(y) <= 90 && Math.abs(x) <= 180 ? undefined : bad
}

const actions = ['reply', 'open-url', 'location-picker', 'share-phone', 'none']

function keyboardFault(keyboard: Json): Refusal | undefined {
  const buttons = records(keyboard.Buttons)
  if (!buttons.length) return missing
  const cells = buttons.reduce((sum, b) => sum + (number(b.Columns) ?? 6) * (number(b.Rows) ?? 1), 0)
  return cells > 12 * 6 ? bad : buttons.map(buttonFault).find(Boolean)
}

function buttonFault(button: Json): Refusal | undefined {
  const action = text(button.ActionType) ?? 'reply'
  if (!actions.includes(action)) return bad
  if (action !== 'none' && !text(button.ActionBody)) return missing
  const columns = number(button.Columns) ?? 6
  const rows = number(button.Rows) ?? 1
  if (columns < 1 || columns > 6 || rows < 1 || rows > 7) return bad
  return (text(button.ActionBody) ?? '').length > 250 || (text(button.Text) ?? '').length > 250 ? bad : undefined
}

function richMediaFault(message: Json): Refusal | undefined {
  const media = maybe(message.rich_media)
  if ((number(message.min_api_version) ?? 1) < 2) return bad
  const buttons = records(media.Buttons)
  return buttons.length ? buttons.map(buttonFault).find(Boolean) : missing
}
