import { allOf, header } from './mime.ts'
import type { Mail } from './parse.ts'

/**
 * Whether a machine wrote it (RFC 3834). `reply` answers by itself and must never be answered; `bulk` is a notice or a
 * newsletter: an agent may answer, we do not do so by ourselves.
 */
export function automatic({ root, from, own }: Pick<Mail, 'root' | 'from' | 'own'>): 'reply' | 'bulk' | undefined {
  const says = (name: string) => header(root, name).toLowerCase()
  const submitted = says('auto-submitted').split(/[;\s(]/)[0]!
  const precedence = says('precedence')
  const suppress = says('x-auto-response-suppress')
  const isReply =
    submitted === 'auto-replied' ||
    precedence === 'auto_reply' ||
    ['x-autoreply', 'x-autorespond', 'x-auto-reply-from'].some(name => says(name) && says(name) !== 'no') ||
    // Exchange sends it with notices too; its automatic answers are told by their subject.
    (suppress !== '' && suppress !== 'none' && awayWords.test(header(root, 'subject')))
  if (isReply) return 'reply'
  const isBulk =
    (submitted !== '' && submitted !== 'no') ||
    /^(bulk|list|junk)$/.test(precedence) ||
    (suppress !== '' && suppress !== 'none') ||
    ['list-id', 'list-unsubscribe', 'feedback-id'].some(name => says(name) !== '') ||
    allOf(root, 'return-path').some(path => path.trim() === '<>') ||
    root.type === 'multipart/report' ||
    machines.test(from?.address ?? '') ||
    own.includes(from?.address.toLowerCase() ?? '')
  return isBulk ? 'bulk' : undefined
}

const awayWords =
  /^(automatic reply|auto(matic)?[ -]?(re(ply|sponse)|answer)|out of (the )?office|abwesend|automatische antwort|réponse automatique|respuesta automática|automaattinen vastaus|poissa|автоответ|автоматический ответ|автоматическая|autosvar|automatiskt svar)/i

export const machines = /^(mailer-daemon|postmaster|no-?_?reply|do-?not-?reply|noreply-.*|bounces?([+-].*)?)@/i
