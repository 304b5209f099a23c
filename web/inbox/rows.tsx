import { memo } from 'react'
import type { Happening, Note } from '../../src/api/shapes.ts'
import { Icon } from '../parts/icon.tsx'
import { Avatar } from '../parts/person.tsx'
import { t } from '../say.ts'
import { isEvent, type Row } from '../state/rows.ts'
import { clock, dayName } from '../time.ts'
import { Bubble } from './bubble.tsx'
import { systemWords } from './system.ts'

/** One row of the thread. */
export const RowView = memo(function RowView({ row }: { row: Row }) {
  switch (row.kind) {
    case 'day':
      return (
        <div className="day">
          <span>{dayName(row.day)}</span>
        </div>
      )
    case 'new':
      return <div className="new-line">{t('{n, plural, one {# new} other {# new}}', { n: row.count })}</div>
    case 'note':
      return <NoteRow note={row.note} />
    case 'happening':
      return <HappeningRow happening={row.happening} />
    default:
      return isEvent(row.message) ? (
        <EventRow row={row} />
      ) : (
        <Bubble message={row.message} first={row.first} tail={row.tail} />
      )
  }
})

function EventRow({ row }: { row: Row & { kind: 'message' } }) {
  const said = row.message.parts.map(part => (part.type === 'system' ? systemWords(part.what, part.values) : ''))
  return (
    <div className="sys">
      {said.join('. ')}, <span className="num">{clock(row.message.at)}</span>
    </div>
  )
}

function NoteRow({ note }: { note: Note }) {
  return (
    <div className="note-wrap">
      <article className="note">
        <header>
          <Icon name="lock" size="s" />
          <span>
            <b>{note.author.name}</b>, {t('note for the team')}
          </span>
          <i className="grow" />
          <span className="num">{clock(note.at)}</span>
        </header>
        <p>
          <Mentions text={note.text} />
        </p>
      </article>
    </div>
  )
}

/** `@Mikko` stands out. */
function Mentions({ text }: { text: string }) {
  let at = 0
  return text.split(/(@[\p{L}\d_]+)/u).map(piece => {
    at += piece.length + 1
    return piece.startsWith('@') ? (
      <span className="ping" key={at}>
        {piece}
      </span>
    ) : (
      piece
    )
  })
}

function HappeningRow({ happening: h }: { happening: Happening }) {
  return (
    <div className="sys">
      {h.agent && <Avatar name={h.agent} size={16} />}
      <span>
        {happened(h)}, <span className="num">{clock(h.at)}</span>
      </span>
    </div>
  )
}

function happened({ what, by, agent = '' }: Happening): string {
  switch (what) {
    case 'assigned':
      return agent === by ? t('{by} took the conversation', { by }) : t('{by} assigned {agent}', { by, agent })
    case 'unassigned':
      return t('{by} took the assignment away', { by })
    case 'closed':
      return t('{by} closed the conversation', { by })
    default:
      return t('Conversation reopened by {by}', { by })
  }
}
