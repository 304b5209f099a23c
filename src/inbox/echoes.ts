import type { InboundEvent } from '../channels/contract.ts'
import { externalId } from '../channels/kit.ts'
import type { Queryable } from '../db/connect.ts'
import type { Part } from '../domain/message.ts'
import type { Heard } from './arrivals.ts'
import { storable } from './storable.ts'

type Echo = Heard<InboundEvent & { type: 'echo' }>
interface Piece {
  i: number
  key: string
  piece: Part
  external_id: string | null
}

/**
 * Some networks echo what Parley itself sent, by nothing but the message id, and often before they answer the send. Such
 * an echo is a receipt: of a piece with this id, or of one on its way (or in doubt) to this person that says the same.
 */
export async function knowOwnEchoes(tx: Queryable, workspaceId: string, heard: readonly Heard[]): Promise<Heard[]> {
  const echoes = heard.filter((h): h is Echo => h.event.type === 'echo')
  if (!echoes.length) return [...heard]
  const pieces = await piecesFor(tx, workspaceId, echoes)
  return heard.map(h => {
    const found = takeOwn(pieces, echoes.indexOf(h as Echo), h)
    return found ? { channel: h.channel, event: asReceipt((h as Echo).event, found.key) } : h
  })
}

async function piecesFor(tx: Queryable, workspaceId: string, echoes: readonly Echo[]): Promise<Piece[]> {
  const asked = echoes.map(({ channel, event }, i) => ({ i, c: channel.id, e: event.id, a: event.from }))
  const { rows } = await tx.query<Piece>(
    `with r as (select * from jsonb_to_recordset($2::jsonb) r(i int, c bigint, e text, a text))
     select r.i, p.key, p.piece, p.external_id from r join pieces p
       on p.workspace_id = $1 and p.channel_id = r.c and p.external_id = r.e
     union all
     select r.i, x.key, p.piece, x.external_id from r
       cross join lateral (select * from piece_ids x where x.workspace_id = $1 and x.channel_id = r.c and x.external_id = r.e limit 1) x
       join pieces p on p.workspace_id = $1 and p.message_id = x.message_id and p.n = x.n
     union all
     select r.i, p.key, p.piece, null from r
       join identities i on i.workspace_id = $1 and i.channel_id = r.c and i.address = r.a
       join messages m on m.workspace_id = $1 and m.conversation_id = i.conversation_id and m.channel_id = r.c
         and m.direction = 'out' and m.at > now() - interval '1 day'
       join pieces p on p.workspace_id = $1 and p.message_id = m.id and p.external_id is null and p.status in ('sending', 'unknown')
     order by 4 nulls last`,
    [workspaceId, storable(asked)],
    'find own echoes',
  )
  return rows
}

/** Each piece answers for one echo. */
function takeOwn(pieces: Piece[], i: number, { event }: Heard): Piece | undefined {
  if (event.type !== 'echo') return undefined
  const at = pieces.findIndex(
    p => p.i === i && (p.external_id !== null || event.parts.some(part => same(part, p.piece))),
  )
  const found = pieces[at]
  if (found?.external_id === null)
    for (let n = pieces.length - 1; n >= 0; n--) if (pieces[n]!.key === found.key) pieces.splice(n, 1)
  return found
}

function same(echoed: Part, sent: Part): boolean {
  const words = (part: Part) => (part.type === 'text' ? part.text : part.type === 'choices' ? part.prompt : '')
  if (words(echoed) || words(sent)) return words(echoed).trim() === words(sent).trim()
  return kindOf(echoed) === kindOf(sent)
}

/** Networks without voice messages give them back as sound. */
const kindOf = ({ type }: Part): string => (type === 'voice' ? 'audio' : type)

const asReceipt = (echo: Echo['event'], key: string): InboundEvent => ({
  type: 'receipt',
  key,
  id: externalId(`echo:${echo.id}`),
  of: echo.id,
  status: 'sent',
  at: echo.at,
})
