import type { z } from 'zod'
import type { Capabilities, Place } from '../domain/capabilities.ts'
import type { FailReason, MediaPart, Part } from '../domain/message.ts'

export type { FailReason }
export type ExternalId = string & { readonly brand: 'ExternalId' }
export type Address = string & { readonly brand: 'Address' }

/** What one provider call carries. A reaction is a piece of its own and not a message. */
export type Piece = Part | { type: 'reaction'; emoji: string; of: ExternalId }

/**
 * Everything Parley needs to know about one messenger. The database, retries, rate limits, splitting, fallbacks,
 * contacts, consent, logging, time and chance are not an adapter's business.
 */
export interface Adapter<S = unknown> {
  kind: string
  /** The messenger's own name, never translated. */
  name: string
  /** Draws the form of the settings screen. Secrets carry `.meta({ secret: true })`. Unknown keys are refused. */
  settings: z.ZodType<S>
  /** In its chats. */
  can: Capabilities
  /** Where conversations may be besides, and what is possible there: told by how their addresses begin. */
  places?: readonly Place[]
  /** Lower-case names of the headers that `parse` reads; others are not stored, they may hold secrets. */
  keeps?: readonly string[]
  /** Names in the webhook's query that `parse` reads, or `all`; others are not stored, for the same reason. */
  keepsQuery?: readonly string[] | 'all'
  /** Pure, over untouched bytes. */
  verify(request: RawRequest, settings: S, now: Date): Verdict
  /**
   * Where one webhook serves several accounts (pages of one app, numbers of one business): the account these settings
   * are for, as events name it in `account`. Events of another connected account then go to its channel.
   */
  account?(settings: S): string
  /** Pure. Every event of a batch, in the provider's order. What it does not know becomes `unsupported`. Throws only on bytes that are no valid request of this provider. */
  parse(request: RawRequest): InboundEvent[]
  /** Thin: a pure render, `io.http`, a pure outcome. */
  send(piece: Piece, to: Outgoing, io: Io<S>): Promise<SendResult>
  /** Fetches a file that an event named by `ref`. Throws `MediaGone` when it can never be had. */
  media?(ref: string, io: Io<S>): Promise<FetchedMedia>
  /** Checks the credentials, registers the webhook, answers what the account is called and looks like. */
  setup?(webhookUrl: string, io: Io<S>): Promise<SetupResult>
  /** What proves after `setup`, without any customer, that events will arrive. Wanted wherever there is `setup`. */
  proof?: ProofKind
  /**
   * For networks that do not call us (polling, IMAP, sockets): turns what arrives into requests at the same door. One
   * process listens per channel. Runs until `signal` is aborted; throws when the connection is lost and is begun again
   * after a pause. Such an adapter's `verify` refuses everything that comes over HTTP, unless it has webhooks as well.
   */
  listen?(on: Listening<S>): Promise<void>
  /** Connecting by signing in at a provider, with the operator's own application there; one for each provider. */
  signIns?: readonly SignIn[]
  /** Nobody calls this network's webhook address: there is nothing to enter anywhere. */
  uncalled?: true
  /** Upkeep, in regular turns: renew a subscription that lapses, watch a token's expiry. */
  tend?: { everyHours: number; run(webhookUrl: string, io: Io<S>): Promise<SetupResult> }
  profile?(of: Address, io: Io<S>): Promise<Profile | null>
  templates?(io: Io<S>): Promise<Template[]>
  /** Hands a new text in for approval. */
  createTemplate?(
    draft: TemplateDraft,
    io: Io<S>,
  ): Promise<{ ok: true } | { ok: false; why: FailReason; detail: string }>
  markRead?(message: ExternalId, to: Outgoing, io: Io<S>): Promise<void>
  typing?(to: Outgoing, io: Io<S>): Promise<void>
  /** Some presses want an answer at once (Telegram's spinner). Fire and forget. */
  acknowledge?(event: InboundEvent, io: Io<S>): Promise<void>
}

/**
 * `event`: registering makes the provider call us. `answer`: the provider tells whether it reaches us. `knock`: neither, so
 * Parley calls its own address. `connection`: the channel listens itself.
 */
export type ProofKind = 'event' | 'answer' | 'knock' | 'connection'

export interface SignIn {
  /** Tells the ways of one kind apart, like `google`. */
  id: string
  /** Settings that must be filled in before: the operator's application at the provider. */
  needs: readonly string[]
  /** Further settings of the application, taken when they are given: the address of a proxy or a simulator. */
  takes?: readonly string[]
  /** Whose page it is, for the button. */
  at: string
  /** The setting that tells one account from another: an account that is connected already keeps its channel. */
  identifies: string
  /** Where a kind has several ways: whether a channel with these settings was connected by this one. */
  fits?(given: Record<string, string>): boolean
  /** Where the administrator's browser goes to agree. */
  address(given: Record<string, string>, back: SignInLeave): string
  /**
   * What may be connected then, each with the settings it brings. `given` holds those of the channel too when one is
   * connected anew. Throws words for the administrator.
   */
  accounts(
    given: Record<string, string>,
    answer: SignInAnswer,
    io: Pick<Io<unknown>, 'http' | 'now'>,
  ): Promise<SignInAccount[]>
}
export interface SignInLeave {
  redirectUri: string
  state: string
  /** PKCE (RFC 7636), S256: for providers that take it. */
  challenge: string
}
export interface SignInAnswer {
  code: string
  redirectUri: string
  /** What `challenge` was made of. 43 random characters that nobody else ever sees. */
  verifier: string
}
export interface SignInAccount {
  name: string
  /** null takes a setting away that the channel had. */
  settings: Record<string, unknown>
}

/** What a renewal works with. */
export interface Renewing<S> {
  /** As they are at this moment: `io.settings` may be older than another worker's renewal. */
  settings: S
  /** When the token that is kept now ends or ended; absent when there was none. */
  ends?: Date
}
export interface Renewed<S> {
  value: string
  expiresAt: Date
  /** Settings that the provider renewed with it (a rotated refresh token). What an administrator changed meanwhile wins. */
  settings?: Partial<S>
}

export interface Listening<S> {
  io: Io<S>
  /** Stores it durably as a webhook is stored; only then may the network be told that we have it. */
  deliver(request: RawRequest): Promise<void>
  /** Where to go on after a restart. Write it after `deliver`: what is delivered twice changes nothing. */
  cursor: { get(): Promise<unknown>; set(value: unknown): Promise<void> }
  signal: AbortSignal
  /**
   * Waits for the `news` of a call at the door; undefined after so long without any. Not every call is heard (another
   * process may take it): look by yourself then.
   */
  news?(withinMs: number): Promise<string | undefined>
  /** The connection stands: the health line turns green. */
  connected(account?: string): void
}

export interface RawRequest {
  method: string
  /** The whole public address that was called, for signatures over it. Known to `verify` only. */
  url?: string
  query: Record<string, string>
  /** Lower-case names. */
  headers: Record<string, string>
  body: Uint8Array
}

export type Verdict =
  /**
   * Store it, then answer 200 with `body`. `opened` is stored in place of the request's body, where the provider encrypts
   * it: `parse` has no key, and a replay must not need yesterday's.
   */
  | { verdict: 'accept'; body?: string; contentType?: string; opened?: Uint8Array }
  /**
   * A handshake, or a call that says no more than that there is news: answer 200 with `body`, store nothing. `news` wakes
   * the channel's `listen`.
   */
  | { verdict: 'answer'; body: string; contentType?: string; news?: string }
  /** Answer 401 (or `status`), store nothing, count it in the channel's health. `why` never holds a secret. */
  | { verdict: 'reject'; why: string; status?: number }

export interface Sender {
  name?: string
  username?: string
  phone?: string
  avatarUrl?: string
  language?: string
}

interface Origin {
  /** Unique within the channel: a repetition carries the same id and changes nothing. */
  id: ExternalId
  /** The address answers go to: a person, or a group chat. */
  from: Address
  /** Other addresses of the same person on this channel (a phone number beside a network-scoped id). */
  aliases?: Address[]
  /** The epoch (`new Date(0)`) where the provider tells no time, as of a pressed button: the delivery's own is taken. */
  at: Date
  /** Breaks ties between messages of the same `at`: the provider's own running number, when it has one. */
  order?: number
  sender?: Sender
  /** In a group: who spoke. `from` is then the group. */
  group?: { title: string; member: string }
  /** The account it was sent to, where one webhook serves several. See `Adapter.account`. */
  account?: string
}

export type ReceiptStatus = 'sent' | 'delivered' | 'read' | 'failed'

export type InboundEvent =
  | (Origin & {
      type: 'message'
      parts: Part[]
      replyTo?: ExternalId
      forwarded?: true
      entry?: { ref: string; source: string }
      /** What an answer to this message will need (a reply token, a thread's ids). Handed back, never shown. */
      kept?: Record<string, string>
    })
  /** Written by the business outside Parley (in the messenger's own app). `from` is still the customer. */
  | (Origin & { type: 'echo'; parts: Part[]; replyTo?: ExternalId })
  | (Origin & { type: 'edited'; of: ExternalId; parts: Part[] })
  | (Origin & { type: 'deleted'; of: ExternalId })
  /** `emoji: ''` takes the reaction away. */
  | (Origin & { type: 'reaction'; of: ExternalId; emoji: string })
  /** A button of ours was pressed; `of` is the message that offered it. */
  | (Origin & { type: 'chosen'; choice: string; label: string; of?: ExternalId; kept?: Record<string, string> })
  | {
      type: 'receipt'
      /** Our own `Outgoing.key`, where the network hands it back: it settles a send whose answer was lost. */
      key?: string
      id: ExternalId
      of: ExternalId
      status: ReceiptStatus
      at: Date
      failure?: { why: FailReason; detail: string }
      account?: string
    }
  /** Everything sent to this address up to `until` was delivered or read (networks with watermarks). */
  | {
      type: 'watermark'
      id: ExternalId
      from: Address
      until: Date
      status: 'delivered' | 'read'
      at: Date
      account?: string
    }
  | (Origin & { type: 'consent'; given: boolean; purpose: 'all' | 'marketing' })
  /** The customer opened the chat, before or without writing. */
  | (Origin & { type: 'started'; entry?: { ref: string; source: string } })
  | (Origin & { type: 'typing' })
  /** A readable line in the thread: a call, a changed number, a group event. `what` is translated by the screens. */
  | (Origin & { type: 'happened'; what: string; values?: Record<string, string> })
  /** The same person, reachable at a new address from now on. */
  | (Origin & { type: 'moved'; to: Address })
  /** About the account itself, not a person: templates, quality, restrictions, pricing. Shown in the channel's health. */
  | {
      type: 'account'
      id: ExternalId
      at: Date
      what: string
      detail: string
      level: 'note' | 'warning' | 'alarm'
      account?: string
    }
  | (Partial<Origin> & { type: 'unsupported'; id: ExternalId; what: string })

export interface Outgoing {
  address: Address
  /** The quoted message, when the network can quote. */
  replyTo?: ExternalId
  /** What was `kept` of the quoted message. */
  replyKept?: Record<string, string>
  /** The customer's newest message in this conversation. */
  last?: { id: ExternalId; at: Date; kept?: Record<string, string> }
  /** Nobody wrote it by hand: a bot or a rule did. Networks on which machines answer each other need to know. */
  automatic?: true
  /** 1, or absent, for the first try of this piece. */
  attempt?: number
  /** Stable over retries of one piece: the provider's idempotency key where it has one. At most 36 characters. */
  key: string
}

export type SendResult =
  | {
      ok: true
      id: ExternalId
      /**
       * Other ids the provider gave for it: the parts of a long SMS, an album. Only ids that get receipts of their own,
       * where the network has receipts: the piece is as far as the slowest of them.
       */
      more?: ExternalId[]
      at?: Date
    }
  | { ok: false; why: FailReason; detail: string; retryAfterSeconds?: number }

/** What happens next after each reason. */
export const afterFailure: Record<FailReason, 'retry' | 'reconnect' | 'ask-agent' | 'stop'> = {
  rate: 'retry',
  down: 'retry',
  auth: 'reconnect',
  unknown: 'ask-agent',
  'window-closed': 'ask-agent',
  invalid: 'stop',
  blocked: 'stop',
}

export interface Io<S> {
  settings: S
  now: Date
  /** This channel's own address for webhooks, for networks that want it with every message. */
  webhookUrl: string
  /**
   * One call to the provider. Throws `NotSent` when the request certainly never reached it (refused connection, no DNS)
   * and `AnswerLost` when it may have.
   */
  http(call: HttpCall): Promise<HttpAnswer>
  /**
   * A short-lived secret (an access token) that all workers share: renewed by one of them when less than `marginMs` (a
   * minute) is left of its life, kept sealed. `renew` may throw; then what was kept stays.
   */
  token(name: string, renew: (at: Renewing<S>) => Promise<Renewed<S>>, marginMs?: number): Promise<string>
  /** The provider refused it before its time: the next `token` renews. */
  forgetToken(name: string): Promise<void>
  /**
   * A connection that this process keeps open for the channel (SMTP, SMPP, IMAP), made on first use and shared by `send`
   * and `listen`. Closed when the settings change or the process ends; `drop` closes it at once.
   */
  open<T extends Link>(name: string, make: () => Promise<T>): Promise<T>
  drop(name: string): Promise<void>
  /** The bytes of a stored file, for networks that take uploads. */
  bytesOf(part: MediaPart): Promise<{ bytes: Uint8Array; mime: string; name: string }>
  /** An expiring public address of a stored file, for networks that fetch by URL. */
  linkTo(part: MediaPart): string
}

export interface Link {
  close(): void | Promise<void>
}

export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: string
  headers?: Record<string, string>
  json?: unknown
  form?: FormData | URLSearchParams
  /** As they are; name their kind in `headers`. */
  bytes?: Uint8Array
  /** Further certificate authorities to trust, PEM. */
  ca?: string
  /** Refuse answers larger than this; default 1 MB. */
  maxBytes?: number
  timeoutMs?: number
}
/** `json` is null when the answer is no JSON. Integers beyond 2^53 arrive as strings. */
export interface HttpAnswer {
  status: number
  headers: Record<string, string>
  json: unknown
  bytes: Uint8Array
}

export class NotSent extends Error {}
export class AnswerLost extends Error {}
/** Thrown by `listen`: the network refused our credentials. Nothing is tried again until somebody connects the channel anew. */
export class Refused extends Error {}
/** The file can never be had: expired, deleted, refused. The text is for an agent. */
export class MediaGone extends Error {}

export interface FetchedMedia {
  bytes: Uint8Array
  mime?: string
  name?: string
}
export type SetupResult =
  /** `detail` is for whoever pressed the button; `warning` is what has to be done before long, also when nobody looks. */
  | { ok: true; account: string; detail?: string; warning?: string; picture?: Picture | 'unknown'; proof?: ProofFound }
  | { ok: false; why: FailReason; detail: string }
/** Of the account itself, absent where it has none and `unknown` where it could not be asked: an address, fetched without credentials and copied, or a file that `media` fetches. */
export type Picture = { url: string } | { ref: string }
/** What has to prove this account where the adapter's own `proof` does not fit, or the provider's complaint about our address. */
export type ProofFound = ProofKind | { failed: string }
export interface Profile {
  name?: string
  avatarUrl?: string
  language?: string
}
export interface TemplateDraft {
  name: string
  language: string
  category: 'utility' | 'marketing'
  /** `{{1}}`, `{{2}}` stand for values. */
  body: string
  /** What stands in each place, as an example for whoever approves it. */
  examples: string[]
}
export interface Template {
  name: string
  language: string
  category: string
  status: 'approved' | 'pending' | 'rejected' | 'paused'
  body: string
  values: number
}
