/** The media kinds a message may carry. `voice` is recorded in the messenger, `audio` is a music or sound file. */
export const mediaTypes = ['image', 'video', 'audio', 'voice', 'file', 'sticker'] as const
export type MediaType = (typeof mediaTypes)[number]

export type Choice = { id: string; label: string; description?: string }

export type MediaPart = {
  type: MediaType
  /** Where Parley serves the file from once it is stored; for what an API caller sends, where to fetch it. */
  url: string
  /** Our own number of the stored file; absent until `media` rows exist for it. */
  media?: string
  /** What the provider calls the file; the media job turns it into bytes. Never shown outside. */
  ref?: string
  /** Absent means ready. */
  state?: 'pending' | 'ready' | 'failed'
  /** Why the file could not be had, in words for an agent. */
  failure?: string
  bytes?: number
  mime?: string
  name?: string
  caption?: string
  width?: number
  height?: number
  seconds?: number
  /** Set when several parts came as one album. */
  album?: string
}

export type OrderItem = { product: string; name?: string; quantity: number; price?: number }

/** What a message consists of. A `Piece` is what one provider call carries; `fit` turns parts into pieces. */
export type Part =
  | { type: 'text'; text: string }
  | MediaPart
  | { type: 'location'; lat: number; lon: number; name?: string; address?: string; live?: true }
  | { type: 'contact'; name: string; phones: string[]; emails?: string[]; company?: string }
  | { type: 'choices'; prompt: string; choices: Choice[]; button?: string }
  | { type: 'template'; name: string; language: string; values: string[] }
  /** A customer pressed an offered button or list row. */
  | { type: 'chosen'; choice: string; label: string }
  | { type: 'poll'; question: string; options: { label: string; votes?: number }[] }
  | { type: 'order'; items: OrderItem[]; currency?: string; text?: string }
  | { type: 'form'; name: string; fields: Record<string, string> }
  | { type: 'link'; url: string; title?: string; text?: string }
  /** A letter. `html` is sanitised, its own pictures are `cid:<number of the part>`; `quoted` are earlier mails and signatures. */
  | {
      type: 'mail'
      subject: string
      text: string
      html?: string
      quoted?: string
      cc?: string[]
      /** Who wrote it, where that is not the person of the conversation. */
      from?: string
    }
  /** Something that happened rather than was said (a missed call, a changed number), by a key the screens translate. */
  | { type: 'system'; what: string; values?: Record<string, string> }
  | { type: 'unsupported'; what: string }

export type Reaction = { emoji: string; by: 'contact' | 'agent'; name: string }

export const statuses = ['received', 'queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown'] as const
export type Status = (typeof statuses)[number]

/** Why a piece was not delivered, by what happens next. */
export type FailReason = 'blocked' | 'window-closed' | 'invalid' | 'auth' | 'rate' | 'down' | 'unknown'
export type Failure = { why: FailReason; detail: string }

export const isMedia = (part: Part): part is MediaPart => (mediaTypes as readonly string[]).includes(part.type)

/** The words of a message in one line, for lists, search and notifications; empty for pure media. */
export function wordsOf(parts: readonly Part[]): string {
  return parts.map(words).filter(Boolean).join('\n')
}

function words(part: Part): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'choices':
      return [part.prompt, ...part.choices.map(c => c.label)].join('\n')
    case 'chosen':
      return part.label
    case 'location':
      return [part.name, part.address].filter(Boolean).join(', ')
    case 'contact':
      return [part.name, ...part.phones].join(' ')
    case 'poll':
      return [part.question, ...part.options.map(o => o.label)].join('\n')
    case 'order':
      return [part.text, ...part.items.map(i => i.name ?? i.product)].filter(Boolean).join('\n')
    case 'form':
      return Object.values(part.fields).join('\n')
    case 'mail':
      return [part.subject, part.text].filter(Boolean).join('\n')
    case 'link':
      return [part.title, part.text, part.url].filter(Boolean).join(' ')
    case 'template':
      return [part.name, ...part.values].join(' ')
    case 'system':
    case 'unsupported':
      return ''
    default:
      return [part.caption, part.name].filter(Boolean).join(' ')
  }
}
