import { type Json, maybe, number, records, text } from '../../src/channels/kit.ts'
import { chosenBy } from '../../src/channels/line/choice.ts'
import type { Choice, Part } from '../../src/domain/message.ts'
import type { Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'
import { quoteToken } from './account.ts'

/** A message of the business as the phone shows it. */
export function bubbleOf(message: Json, id: string, at: { person: Person; world: World }): Bubble {
  const { person, world } = at
  const token = text(message.quoteToken)
  const quoted = token && world.bubbles.find(b => b.person === person.id && quoteToken(b.id, world) === token)
  return {
    id,
    person: person.id,
    from: 'business',
    parts: partsOf(message),
    at: world.now().getTime(),
    ticks: 'delivered',
    reactions: [],
    ...(quoted && { replyTo: quoted.id }),
  }
}

function partsOf(message: Json): Part[] {
  const url = text(message.originalContentUrl) ?? ''
  const said = text(message.text) ?? ''
  switch (message.type) {
    case 'text':
    case 'textV2':
      return offering(
        said,
        records(maybe(message.quickReply).items).map(item => maybe(item.action)),
      )
    case 'sticker':
      return [
        {
          type: 'sticker',
          url: '',
          state: 'failed',
          failure: 'The simulator has no stickers',
          name: stickerName(message),
        },
      ]
    case 'image':
    case 'video':
      return [{ type: message.type, url }]
    case 'audio':
      return [{ type: 'audio', url, seconds: Math.round((number(message.duration) ?? 0) / 1000) }]
    case 'location':
      return [place(message)]
    case 'template': {
      const template = maybe(message.template)
      return offering(text(template.text) ?? '', records(template.actions))
    }
    case 'flex':
      return flexParts(maybe(message.contents))
    default:
      return [{ type: 'unsupported', what: text(message.type) ?? 'message' }]
  }
}

const stickerName = ({ packageId, stickerId }: Json): string => `Sticker ${text(packageId)}/${text(stickerId)}`

const place = ({ latitude, longitude, title, address }: Json): Part => ({
  type: 'location',
  lat: number(latitude)!,
  lon: number(longitude)!,
  name: text(title)!,
  address: text(address)!,
})

/** A button is called by its data, or by its words where it only says something. */
function offering(prompt: string, actions: Json[]): Part[] {
  const choices = actions
    .filter(action => action.type === 'postback' || action.type === 'message')
    .map(action => choiceOf(action, text(action.label) ?? ''))
  if (!choices.length) return [{ type: 'text', text: prompt }]
  return [{ type: 'choices', prompt, choices }]
}

const choiceOf = (action: Json, label: string): Choice => ({ id: text(action.data ?? action.text) ?? label, label })

/** The words of a bubble, what can be tapped in it, and where its links lead. */
function flexParts(bubble: Json): Part[] {
  const blocks = ['header', 'hero', 'body', 'footer'].flatMap(name => (bubble[name] ? [maybe(bubble[name])] : []))
  const all = blocks.flatMap(block => [block, ...records(block.contents)])
  const words = all.filter(c => c.type === 'text' && !c.action).map(c => text(c.text) ?? '')
  const links: Part[] = all.flatMap(c => {
    const { type, uri } = maybe(c.action)
    return type === 'uri' ? [{ type: 'link', url: text(uri)!, title: text(c.text) ?? '' }] : []
  })
  const choices = all.flatMap(c => {
    const action = maybe(c.action)
    if (action.type !== 'postback') return []
    const [label, description] = records(c.contents).map(inner => text(inner.text) ?? '')
    const choice = choiceOf(action, label || chosenBy(text(action.data) ?? '').label)
    return [description ? { ...choice, description } : choice]
  })
  if (choices.length) return [{ type: 'choices', prompt: words.join('\n'), choices }, ...links]
  return [...links, ...(words.length && !links.length ? [{ type: 'text' as const, text: words.join('\n') }] : [])]
}
