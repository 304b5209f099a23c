import { isMedia, type MediaPart } from '../../domain/message.ts'
import type { Outgoing, Piece } from '../contract.ts'
import type { Json } from '../kit.ts'
import { isShared } from './api.ts'
import { dataOf } from './choice.ts'

/** LINE fetches files itself. `preview` is a picture for a video. */
export interface Link {
  url: string
  preview?: string
}

type Choices = Piece & { type: 'choices' }

/** The message object of a piece. */
export function messageOf(piece: Piece, to: Outgoing, file?: Link): Json {
  switch (piece.type) {
    case 'text':
      return words(piece.text)
    case 'choices':
      return choices(piece)
    case 'location':
      return location(piece)
    case 'link':
      return words([piece.title, piece.text, piece.url].filter(Boolean).join('\n'))
    default:
      if (piece.type !== 'reaction' && isMedia(piece) && file) return media(piece, to, file)
      throw new Error(`fit let ${piece.type} through to LINE, which cannot carry it`)
  }
}

const words = (said: string): Json => ({ type: 'text', text: said })

/** Four short ones stay under the words for ever; up to thirteen stand above the keyboard; the rest become rows. */
function choices(piece: Choices): Json {
  const short = piece.choices.every(({ label, description }) => label.length <= 20 && !description)
  if (!short || !piece.prompt || piece.choices.length > 13) return rows(piece)
  if (piece.choices.length <= 4 && piece.prompt.length <= 160) return buttons(piece)
  const items = piece.choices.map(choice => ({ type: 'action', action: { ...action(choice), label: choice.label } }))
  return { ...words(piece.prompt), quickReply: { items } }
}

function buttons({ prompt, choices: offered }: Choices): Json {
  const actions = offered.map(choice => ({ ...action(choice), label: choice.label }))
  return { type: 'template', altText: alt(prompt, offered), template: { type: 'buttons', text: prompt, actions } }
}

/** A flex message whose rows can be tapped: room for long words, and for a description in grey. */
function rows({ prompt, choices: offered }: Choices): Json {
  const contents = offered.flatMap(choice => {
    const { label, description } = choice
    const lines = [line(label, { color: '#1565c0' }), ...(description ? [line(description, grey)] : [])]
    return [
      { type: 'separator', margin: 'md' },
      { type: 'box', layout: 'vertical', margin: 'md', action: action(choice), contents: lines },
    ]
  })
  return bubble(alt(prompt, offered), [...(prompt ? [line(prompt)] : []), ...contents])
}

const grey = { size: 'sm', color: '#888888' }

const line = (text: string, style: Json = {}): Json => ({ type: 'text', text, wrap: true, ...style })

const bubble = (altText: string, contents: Json[]): Json => ({
  type: 'flex',
  altText,
  contents: { type: 'bubble', body: { type: 'box', layout: 'vertical', contents } },
})

/** What notifications and old clients show instead: the words, then what can be chosen. */
function alt(prompt: string, offered: Choices['choices']): string {
  const all = [prompt, ...offered.map(({ label }) => label)].filter(Boolean).join('\n')
  return all.length <= 400 ? all : `${all.slice(0, 399)}…`
}

/** What was tapped stands in the chat as if the customer had said it. */
const action = (choice: Choices['choices'][number]): Json => ({
  type: 'postback',
  data: dataOf(choice),
  displayText: choice.label,
})

/** LINE wants a title and an address, 100 characters each. Longer ones go as text, with a link to the map. */
function location({ lat, lon, name, address }: Piece & { type: 'location' }): Json {
  const place = `${lat}, ${lon}`
  const [title, street] = [name || address || place, address || place]
  if (title.length <= 100 && street.length <= 100)
    return { type: 'location', title, address: street, latitude: lat, longitude: lon }
  const map = `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=17/${lat}/${lon}`
  return words([name, address, map].filter(Boolean).join('\n'))
}

function media(piece: MediaPart, to: Outgoing, { url, preview }: Link): Json {
  const [, packageId, stickerId] = /^sticker\/(\d+)\/(\d+)$/.exec(piece.ref ?? '') ?? []
  if (piece.type === 'sticker' && packageId) return { type: 'sticker', packageId, stickerId }
  switch (piece.type) {
    case 'image':
    case 'sticker':
      return { type: 'image', originalContentUrl: url, previewImageUrl: url }
    case 'video':
      return preview ? video(to, { url, preview }) : file(piece, url)
    case 'audio':
    case 'voice':
      // LINE shows the length before it has the file. Unknown, it is a minute.
      return { type: 'audio', originalContentUrl: url, duration: Math.round((piece.seconds || 60) * 1000) }
    default:
      return file(piece, url)
  }
}

/** Once a person has watched it to the end LINE says so, by this id. It takes none for groups. */
function video({ address, key }: Outgoing, { url, preview }: Required<Link>): Json {
  const tracking = key && !isShared(address) ? { trackingId: key } : {}
  return { type: 'video', originalContentUrl: url, previewImageUrl: preview, ...tracking }
}

/** LINE takes no files from businesses: a line with the name, which opens the file. */
function file({ name, bytes }: MediaPart, url: string): Json {
  const [title, size] = [name?.slice(0, 200) || 'File', bytes ? `${Math.ceil(bytes / 1000)} kB` : undefined]
  const tap = { type: 'uri', uri: url }
  const lines = [line(`📎 ${title}`, { color: '#1565c0', action: tap }), ...(size ? [line(size, grey)] : [])]
  return bubble(`📎 ${title}`, lines)
}
