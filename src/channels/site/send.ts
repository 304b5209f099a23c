import type { Outgoing, Piece, SendResult } from '../contract.ts'
import { externalId } from '../kit.ts'

/**
 * Nothing has to travel: a stored message is a sent one. The visitor's open screens hear of it from the live hub
 * (src/site), the others read it from the history. The id is our key, so repeating a send repeats nothing.
 */
export async function send(piece: Piece, to: Outgoing): Promise<SendResult> {
  if (piece.type === 'template') throw new Error('The website chat knows no templates; domain/fit refuses them.')
  return { ok: true, id: externalId(`out:${to.key}`) }
}
