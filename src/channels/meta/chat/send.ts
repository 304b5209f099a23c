import { isMedia, type MediaPart, type Part } from '../../../domain/message.ts'
import type { ExternalId, HttpAnswer, Io, Outgoing, Piece, SendResult } from '../../contract.ts'
import { attempt, externalId, maybe, text } from '../../kit.ts'
import { uploading } from '../graph.ts'
import { isComment } from './comments.ts'
import { needsCards } from './content.ts'
import { outcome } from './outcome.ts'

export interface Given {
  now: Date
  /** Of the uploaded file of a media piece. */
  attachment?: string
}

/** In what sending differs between Messenger and Instagram. */
export interface Chat<S> {
  /** One call to an edge of the page or account. */
  post(
    io: Io<S>,
    edge: 'messages' | 'message_attachments',
    body: { json: object } | { form: FormData },
  ): Promise<HttpAnswer>
  /** The body of a call to `messages`. */
  render(piece: Piece, to: Outgoing, given: Given): object
  attachmentType(type: string): string
  answerComment(piece: Piece, to: Outgoing, io: Io<S>): Promise<SendResult>
}

/** The verbs of an adapter, for a chat with comments beside it. */
export function sending<S>(chat: Chat<S>) {
  const act = async (sender_action: string, to: Outgoing, io: Io<S>): Promise<void> => {
    await chat.post(io, 'messages', { json: { recipient: { id: to.address }, sender_action } })
  }
  return {
    send: (piece: Piece, to: Outgoing, io: Io<S>): Promise<SendResult> =>
      attempt(io, () =>
        isComment(to.address) ? chat.answerComment(piece, to, io) : new Saying(chat, to, io).say(piece),
      ),
    markRead: (_message: ExternalId, to: Outgoing, io: Io<S>) => act('mark_seen', to, io),
    typing: (to: Outgoing, io: Io<S>) => act('typing_on', to, io),
  }
}

/** One piece on its way into a chat. */
class Saying<S> {
  readonly #chat: Chat<S>
  readonly #to: Outgoing
  readonly #io: Io<S>

  constructor(chat: Chat<S>, to: Outgoing, io: Io<S>) {
    this.#chat = chat
    this.#to = to
    this.#io = io
  }

  async say(piece: Piece): Promise<SendResult> {
    if (piece.type === 'reaction') return outcome(await this.#post(piece), externalId(`react:${this.#to.key}`))
    if (piece.type === 'choices' && needsCards(piece)) return this.#askWithCards(piece)
    if (!isMedia(piece as Part)) return outcome(await this.#post(piece))
    const up = await this.#upload(piece as MediaPart)
    const attachment = text(maybe(up.json).attachment_id)
    if (up.status >= 300 || !attachment) return refused(outcome(up))
    return outcome(await this.#post(piece, this.#to, attachment))
  }

  /** The question first. Once it is out, a failure of the cards is for an agent to see: repeating would ask twice. */
  async #askWithCards(piece: Piece & { type: 'choices' }): Promise<SendResult> {
    const { replyTo: _, ...bare } = this.#to
    const question: Piece = { type: 'text', text: piece.prompt }
    const asked = outcome(await this.#post(question, { ...this.#to, key: `${this.#to.key}:q` }))
    if (!asked.ok) return asked
    const shown = outcome(await this.#post(piece, bare))
    if (shown.ok) return { ...shown, more: [asked.id] }
    return { ok: false, why: 'unknown', detail: `The question was sent, its choices were not: ${shown.detail}` }
  }

  /** Files go up first, so that Parley need not be reachable from outside to send one. */
  async #upload(piece: MediaPart): Promise<HttpAnswer> {
    const file = await this.#io.bytesOf(piece)
    const form = new FormData()
    const attachment = { type: this.#chat.attachmentType(piece.type), payload: { is_reusable: true } }
    form.set('message', JSON.stringify({ attachment }))
    form.set('filedata', new Blob([new Uint8Array(file.bytes)], { type: file.mime }), file.name)
    return uploading(() => this.#chat.post(this.#io, 'message_attachments', { form }))
  }

  #post(piece: Piece, to = this.#to, attachment?: string): Promise<HttpAnswer> {
    const given = { now: this.#io.now, ...(attachment && { attachment }) }
    return this.#chat.post(this.#io, 'messages', { json: this.#chat.render(piece, to, given) })
  }
}

const refused = (result: SendResult): SendResult =>
  // An unreadable answer to an upload is no doubt about the message: that was never sent.
  !result.ok && result.why !== 'unknown' ? result : { ok: false, why: 'down', detail: 'The file was not taken' }
