import type { Picture } from '../pictures.ts'
import type { Words } from './words.ts'

type Can = Record<'react' | 'quote' | 'edit' | 'delete' | 'voice' | 'attach' | 'place' | 'card' | 'comment', boolean>

/** How one messenger looks and what its customers can do that a business is told of. */
export interface Look {
  /** Class of the phone; its colours are in looks/<messenger>.css. */
  css: string
  /** Without one the business is only a number. */
  avatar?: Picture
  /** Under the name of the business. */
  under?: keyof Words
  /** Whether the dots under a message offer these. */
  can: Can
  emoji: string[]
  /** What the dots at the top call coming to the chat; without `plain` the business is told only with a ref. */
  opens?: { plain?: string; ref?: string }
  /** Offered answers: one below the other, a grid of keys, in place of the keyboard, or a row above the field. */
  buttons: 'answers' | 'keys' | 'keyboard' | 'pills'
  /** Where the time of a message stands. */
  times: 'inside' | 'beside' | 'between'
  /** How a message that was read is marked. */
  ticks: 'marks' | 'words' | 'none'
  /** The clip stands after the field. */
  clipLast?: true
  /** A button that opens the bot's menu. */
  menu?: true
  /** What stands in the empty field, where it is not the word for a message. */
  hint?: string
}

const can = (...names: (keyof Can)[]): Can => ({
  react: names.includes('react'),
  quote: names.includes('quote'),
  edit: names.includes('edit'),
  delete: names.includes('delete'),
  voice: names.includes('voice'),
  attach: names.includes('attach'),
  place: names.includes('place'),
  card: names.includes('card'),
  comment: names.includes('comment'),
})

const hearts = ['👍', '❤️', '😂', '😮', '😢', '🙏']
const bots = { plain: 'Open the chat', ref: 'Open it by a QR code' }
const ad = { ref: 'Come from an ad' }
const usual = { emoji: hearts, times: 'inside', ticks: 'marks' } as const

/** A phone's own messages, whatever company carries them. */
const sms: Look = { ...usual, css: 'sms', under: 'text', can: can(), buttons: 'answers', ticks: 'none' }

const looks: Record<string, Look> = {
  whatsapp: {
    ...usual,
    css: 'wa',
    avatar: 'loaf',
    under: 'business',
    can: can('react', 'quote', 'edit', 'delete', 'voice', 'attach', 'place', 'card'),
    opens: ad,
    buttons: 'answers',
  },
  telegram: {
    ...usual,
    css: 'tg',
    avatar: 'ring',
    under: 'bot',
    can: can('react', 'quote', 'edit', 'voice', 'attach', 'place', 'card'),
    emoji: ['👍', '❤', '🔥', '🎉', '😢', '🙏'],
    opens: bots,
    buttons: 'keys',
    clipLast: true,
    menu: true,
  },
  viber: {
    ...usual,
    css: 'vb',
    avatar: 'rolls',
    under: 'online',
    can: can('attach', 'place', 'card'),
    opens: bots,
    buttons: 'keyboard',
    hint: '…',
  },
  messenger: {
    ...usual,
    css: 'ms',
    avatar: 'cake',
    under: 'business',
    can: can('react', 'quote', 'edit', 'voice', 'attach', 'comment'),
    opens: { plain: 'Get started', ref: 'Come by an m.me link' },
    buttons: 'pills',
    hint: 'Aa',
  },
  instagram: {
    ...usual,
    css: 'ig',
    avatar: 'rolls',
    under: 'business',
    can: can('react', 'quote', 'edit', 'delete', 'voice', 'attach', 'comment'),
    opens: { ref: 'Come by an ig.me link' },
    buttons: 'pills',
  },
  vk: {
    ...usual,
    css: 'vk',
    avatar: 'loaf',
    under: 'community',
    can: can('react', 'quote', 'edit', 'voice', 'attach', 'place', 'comment'),
    emoji: ['👍', '❤', '🔥', '😂', '🙏', '🎉'],
    opens: bots,
    buttons: 'keys',
    clipLast: true,
  },
  ok: {
    ...usual,
    css: 'od',
    avatar: 'ring',
    under: 'online',
    can: can('attach', 'voice'),
    opens: bots,
    buttons: 'keys',
  },
  max: {
    ...usual,
    css: 'mx',
    avatar: 'cake',
    under: 'bot',
    can: can('quote', 'edit', 'delete', 'voice', 'attach', 'place', 'card'),
    opens: bots,
    buttons: 'keys',
    clipLast: true,
  },
  line: {
    ...usual,
    css: 'ln',
    avatar: 'rolls',
    can: can('quote', 'delete', 'voice', 'attach', 'place'),
    opens: { plain: 'Add as a friend' },
    buttons: 'pills',
    times: 'beside',
    ticks: 'words',
    hint: 'Aa',
  },
  wechat: {
    ...usual,
    css: 'wx',
    avatar: 'loaf',
    can: can('voice', 'attach', 'place'),
    opens: { plain: 'Follow the account', ref: 'Scan a QR code' },
    buttons: 'answers',
    times: 'between',
    ticks: 'none',
  },
  wecom: {
    ...usual,
    css: 'wc',
    avatar: 'loaf',
    under: 'company',
    can: can('voice', 'attach', 'place', 'delete'),
    opens: { plain: 'Open the chat', ref: 'Scan a QR code' },
    buttons: 'answers',
    times: 'between',
    ticks: 'none',
  },
  twilio: { ...sms, can: can('attach', 'card') },
  vonage: { ...sms, can: can('attach', 'card') },
  smpp: sms,
  'sms-gateway': sms,
  email: { ...usual, css: 'ml', avatar: 'loaf', can: can('attach'), buttons: 'answers', ticks: 'none' },
}

/** Of a messenger that nobody has drawn yet: as an ordinary phone shows it. */
const plain: Look = { ...sms, can: can('attach') }

export const lookOf = (kind: string): Look => looks[kind] ?? plain
