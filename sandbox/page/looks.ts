import type { Picture } from '../pictures.ts'
import type { Words } from './words.ts'

/** How one messenger looks and what its customers can do that a business is told of. */
export interface Look {
  /** Class of the phone; its colours are in phones.css. */
  css: string
  avatar: Picture
  /** Under the name of the business. */
  under: keyof Words
  /** Whether the dots under a message offer these. */
  can: { react: boolean; quote: boolean; edit: boolean; delete: boolean; voice: boolean }
  emoji: string[]
  /** What the dots at the top call coming to the chat; `plain` where the business is told without a ref. */
  opens: { plain?: string; ref: string }
}

const everything = { react: true, quote: true, edit: true, delete: true, voice: true }
const hearts = ['👍', '❤️', '😂', '😮', '😢', '🙏']

const bots = { plain: 'Open the chat', ref: 'Open it by a QR code' }

const looks: Record<string, Look> = {
  whatsapp: {
    css: 'wa',
    avatar: 'loaf',
    under: 'business',
    can: everything,
    emoji: hearts,
    opens: { ref: 'Come from an ad' },
  },
  telegram: {
    css: 'tg',
    avatar: 'ring',
    under: 'bot',
    can: { ...everything, delete: false },
    emoji: ['👍', '❤', '🔥', '🎉', '😢', '🙏'],
    opens: bots,
  },
  viber: {
    css: 'vb',
    avatar: 'rolls',
    under: 'online',
    can: { react: false, quote: false, edit: false, delete: false, voice: false },
    emoji: hearts,
    opens: bots,
  },
}

export const lookOf = (kind: string): Look => looks[kind] ?? looks.whatsapp!
