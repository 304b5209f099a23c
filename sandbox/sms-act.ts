import type { Part } from '../src/domain/message.ts'
import type { Act, Person, Wire } from './wire.ts'
import type { World } from './world.ts'

export interface Where {
  person: Person
  world: World
}

interface Carrier {
  kind: string
  /** The MIME type under which it carries a contact card. */
  cardType: string
  write(said: string, at: Where): void
  sendFile(deed: Act & { do: 'media' }, at: Where): void
}

/** What the owner of a telephone can do where words and files are carried, and nothing else. */
export const actBySms =
  ({ kind, cardType, write, sendFile }: Carrier): Wire['act'] =>
  (deed, person, world) => {
    const at = { person, world }
    switch (deed.do) {
      case 'text':
        return write(deed.text, at)
      case 'media':
        return sendFile(deed, at)
      case 'contact': {
        const card = `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${deed.name}\r\nTEL:+${deed.phone}\r\nEND:VCARD\r\n`
        const bytes = new TextEncoder().encode(card)
        return sendFile({ do: 'media', type: 'file', bytes, mime: cardType, name: 'contact.vcf' }, at)
      }
      case 'react':
        return write(`Reacted ${deed.emoji} to “${wordsOf(world.bubble(deed.bubble)?.parts ?? [])}”`, at)
      case 'block':
        return write('STOP', at)
      case 'unblock':
        return write('START', at)
      case 'look':
        // Nobody tells whether an SMS was read.
        return
      default:
        throw new Error(`${kind}: an SMS cannot carry what a customer does with "${deed.do}"`)
    }
  }

const wordsOf = (parts: readonly Part[]): string =>
  parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join(' ')
