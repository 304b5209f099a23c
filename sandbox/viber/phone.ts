import { type Json, maybe, number, records, text } from '../../src/channels/kit.ts'
import type { Part } from '../../src/domain/message.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { type Tracked, tell } from './account.ts'

/** The bot's message appears on the phone; a file is fetched first, as Viber's client does. */
export async function arrive(message: Json, token: string, at: { person: Person; world: World }): Promise<void> {
  const { person, world } = at
  const receipt = { message_token: token, user_id: person.id }
  const failure = await fetchFile(message, token, world)
  if (failure) return tell('failed', { ...receipt, desc: failure }, world)
  if (world.bubble(token)?.ticks === 'sent') world.change(token, { ticks: 'delivered' })
  tell('delivered', receipt, world)
}

export function bubbleOf(message: Json, token: string, at: { person: Person; world: World }): Tracked {
  const parts = partsOf(message)
  const buttons = records(maybe(message.keyboard).Buttons)
  const choices = buttons
    .filter(b => (b.ActionType ?? 'reply') === 'reply')
    .map(b => ({ id: text(b.ActionBody)!, label: plain(b.Text) || text(b.ActionBody)! }))
  const prompt = parts[0]?.type === 'text' ? parts.shift() : undefined
  const said = prompt?.type === 'text' ? prompt.text : ''
  return {
    id: token,
    person: at.person.id,
    from: 'business',
    parts: [
      ...(choices.length ? [{ type: 'choices' as const, prompt: said, choices }] : prompt ? [prompt] : []),
      ...parts,
      ...links(buttons),
    ],
    at: at.world.now().getTime(),
    ticks: 'sent',
    reactions: [],
    ...(text(message.tracking_data) && { tracking: text(message.tracking_data)! }),
  }
}

function partsOf(message: Json): Part[] {
  const url = text(message.media) ?? ''
  const words = text(message.text)
  switch (message.type) {
    case 'text':
      return [{ type: 'text', text: words ?? '' }]
    case 'picture':
      return [{ type: 'image', url, state: 'pending', ...(words && { caption: words }) }]
    case 'video':
      return [{ type: 'video', url, state: 'pending', bytes: number(message.size) ?? 0 }]
    case 'file':
      return [{ type: 'file', url, state: 'pending', name: text(message.file_name) ?? '' }]
    case 'url':
      return [{ type: 'link', url }]
    case 'sticker':
      return [{ type: 'text', text: `Sticker ${text(message.sticker_id)}` }]
    case 'location':
      return [
        { type: 'location', lat: number(maybe(message.location).lat)!, lon: number(maybe(message.location).lon)! },
      ]
    case 'contact':
      return [{ type: 'contact', name: text(maybe(message.contact).name)!, phones: [phoneOf(message)] }]
    case 'rich_media':
      return [
        { type: 'text', text: text(message.alt_text) ?? '' },
        ...links(records(maybe(message.rich_media).Buttons)),
      ]
    default:
      return []
  }
}

const phoneOf = (message: Json): string => text(maybe(message.contact).phone_number) ?? ''

const links = (buttons: Json[]): Part[] =>
  buttons
    .filter(b => b.ActionType === 'open-url')
    .map(b => ({ type: 'link', url: text(b.ActionBody)!, title: plain(b.Text) }))

const plain = (markup: unknown): string =>
  (text(markup) ?? '')
    .replace(/<[^<>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

const limits: Record<string, { max: number; mime: RegExp }> = {
  picture: { max: 1_000_000, mime: /^image\/(jpeg|png|gif)$/ },
  video: { max: 26_000_000, mime: /^video\/mp4$/ },
  file: { max: 50_000_000, mime: /./ },
}

/** Fetches the file that the message names. Answers what was wrong with it. */
async function fetchFile(message: Json, token: string, world: World): Promise<string | undefined> {
  const limit = limits[String(message.type)]
  if (!limit) return undefined
  try {
    const answer = await fetch(text(message.media)!, { signal: AbortSignal.timeout(20_000) })
    const bytes = new Uint8Array(await answer.arrayBuffer())
    const mime = answer.headers.get('content-type')?.split(';')[0] ?? 'application/octet-stream'
    if (!answer.ok) return `The media could not be downloaded: HTTP ${answer.status}`
    if (bytes.length > limit.max) return 'The media is too large'
    if (!limit.mime.test(mime)) return `The media type ${mime} is not supported`
    keep({ bytes, mime, name: text(message.file_name) ?? String(message.type) }, token, world)
    return undefined
  } catch {
    return 'The media could not be downloaded'
  }
}

function keep(file: { bytes: Uint8Array; mime: string; name: string }, token: string, world: World): void {
  const id = `out-${token}`
  world.files.set(id, { id, ...file })
  const parts = world
    .bubble(token)!
    .parts.map(part =>
      'state' in part
        ? { ...part, state: 'ready' as const, ref: id, url: fileUrl(id, world), bytes: file.bytes.length }
        : part,
    )
  world.change(token, { parts })
}

export function fileUrl(id: string, world: World): string {
  const { name } = world.files.get(id)!
  return `${world.baseUrl}/download/${id}/${encodeURIComponent(name)}`
}
