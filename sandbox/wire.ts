import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Part } from '../src/domain/message.ts'
import type { Faults } from './faults.ts'
import type { World } from './world.ts'

/** One simulated provider's real wire protocol. Everything that is the same for all providers is in world.ts. */
export interface Wire {
  kind: string
  /** The provider's HTTP API below the account's base URL: same paths, checks, limits, ids, errors. */
  routes(app: FastifyInstance, world: World): void
  /** What the provider tells the business when this customer does this. Also shows the bubble on the phone. */
  act(act: Act, person: Person, world: World): void
  /** Headers (and nothing else) that make a webhook body this provider's: signature or secret token. */
  sign(body: Buffer, world: World): Record<string, string>
  /** Where the signature is not in the headers: the address that this body is posted to. */
  address?(webhookUrl: string, body: Buffer, world: World): string
  /** Where the secret stands in the body: what somebody sends who does not know it. */
  forge?(body: Buffer): Buffer
  /** Where a 2xx is not enough: whether this answer means that the business has taken the event. */
  took?(answer: string): boolean
  /** What stands on the phones beside the messages, made from `World.profile`. */
  menu?(world: World): PhoneMenu | undefined
  /** How this provider words the faults a phone's owner may order. */
  refuse: Record<'rate' | 'down' | 'token' | 'blocked', (reply: FastifyReply, world: World) => FastifyReply>
  /** Faults that this protocol has no counterpart of, `window` where one may always write: the drawer does not offer them. */
  without?: readonly (keyof Faults | 'window')[]
  /** How its answers say that it is too much, that all is down, that we are not let in; as HTTP says it where absent. */
  says?: Readonly<Record<'rate' | 'down' | 'token', string>>
  /** An event kind that nobody documented, for the fault drawer. */
  unknownEvent(person: Person, world: World): unknown
  /** Settings with which Parley's channel of this kind talks to this account. `baseUrl` is added by the caller. */
  settings(world: World): Record<string, string>
  /** The provider's pause before repeating an unanswered webhook, in ms, by attempt; shortened by `World.haste`. */
  retryAfter(attempt: number): number
  /**
   * Opens what is not HTTP (SMPP, SMTP, IMAP) on ports of 127.0.0.1 that are free. Called before `settings`, which name
   * the ports. The stage closes it with the world.
   */
  serve?(world: World): Promise<{ close(): void | Promise<void> }>
}

export type Act =
  /** For mail, `subject` (a new thread, or the one that is answered) and the same words as a page. */
  | { do: 'text'; text: string; replyTo?: string; subject?: string; html?: string }
  | {
      do: 'media'
      type: 'image' | 'video' | 'audio' | 'voice' | 'file' | 'sticker'
      bytes: Uint8Array
      mime: string
      name: string
      caption?: string
      seconds?: number
    }
  /** Below a post of the business, for all to read; `replyTo` is the comment that is answered. */
  | { do: 'comment'; text: string; replyTo?: string }
  | { do: 'location'; lat: number; lon: number; name?: string }
  | { do: 'contact'; name: string; phone: string }
  | { do: 'press'; bubble: string; choice: string }
  | { do: 'react'; bubble: string; emoji: string }
  | { do: 'edit'; bubble: string; text: string }
  | { do: 'delete'; bubble: string }
  | { do: 'start'; ref?: string }
  /** An entry of `Wire.menu` that says something. Pages are opened by the phone alone. */
  | { do: 'menu'; entry: number }
  | { do: 'block' }
  | { do: 'unblock' }
  /** The customer looks at the phone: everything the business sent becomes read, where the network tells. */
  | { do: 'look' }

/** The account's own menu under every chat, and what an empty chat shows. */
export interface PhoneMenu {
  shape: 'picture' | 'list' | 'commands' | 'tabs'
  /** On what opens it. */
  title?: string
  /** Unfolded from the start. */
  open?: boolean
  /** Id of a file of the world; `width` and `height` are what the places are measured in. */
  picture?: { file: string; width: number; height: number }
  greeting?: string
  entries: PhoneEntry[]
}

export interface PhoneEntry {
  label: string
  hint?: string
  opens?: string
  /** Shown in an empty chat, not in the menu. */
  starter?: true
  place?: { x: number; y: number; width: number; height: number }
}

export interface Person {
  id: string
  name: string
  username?: string
  /** Digits only, with country code. */
  phone: string
  language: string
  blocked: boolean
  /** When the customer last wrote, for windows; ms. */
  wroteAt?: number
}

export interface Bubble {
  /** The provider's own message id. */
  id: string
  person: string
  from: 'customer' | 'business'
  parts: Part[]
  at: number
  replyTo?: string
  /** Below a post, not in the chat. */
  comment?: true
  /** Of a mail. */
  subject?: string
  ticks?: 'sent' | 'delivered' | 'read'
  /** By whom: 'customer' or 'business'. */
  reactions: { emoji: string; from: 'customer' | 'business' }[]
  edited?: true
  deleted?: true
  /** The choice that was pressed under it. */
  pressed?: string
}
