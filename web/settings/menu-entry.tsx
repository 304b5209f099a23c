import { commandOf, type MenuLimits } from '../../src/domain/menu.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { type Draft, moved, type Row } from './menu-draft.ts'

interface EntryRowProps {
  at: number
  row: Row
  faults: Map<string, string>
  limits: MenuLimits
  entries: Row[]
  change: (fields: Partial<Draft>) => void
}

/** One entry: its words, what pressing it does, and its place; Alt with an arrow moves it too. */
export function EntryRow({ at, row, faults, limits, entries, change }: EntryRowProps) {
  const edit = (fields: Partial<Row>) => change({ entries: entries.with(at, { ...row, ...fields }) })
  const move = (by: -1 | 1) => change({ entries: moved(entries, at, by) })
  const keys = (event: React.KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    move(event.key === 'ArrowUp' ? -1 : 1)
  }
  const n = { n: at + 1 }
  // Nobody has written in it yet.
  const blank = !row.label && !row.says && row.opens === undefined
  return (
    <li onKeyDown={keys}>
      <div className="menu-row">
        <Line
          name={limits.shape === 'commands' ? t('Entry {n}: description', n) : t('Entry {n}: label', n)}
          placeholder={limits.shape === 'commands' ? t('What it is for') : t('Label')}
          value={row.label}
          longest={limits.label}
          fault={faults.get(`${at}.label`)}
          quiet={blank}
          set={label => edit({ label })}
        />
        <Tools
          at={at}
          count={entries.length}
          move={move}
          remove={() => change({ entries: entries.toSpliced(at, 1) })}
        />
      </div>
      <Doing at={at} row={row} limits={limits} faults={faults} edit={edit} />
      {(blank ? [] : ['label', 'says', 'opens'])
        .map(field => faults.get(`${at}.${field}`))
        .map(fault => fault && <Fault key={fault} words={fault} />)}
    </li>
  )
}

const Fault = ({ words }: { words: string }) => (
  <span className="help bad" role="alert">
    {words}
  </span>
)

interface DoingProps extends Pick<EntryRowProps, 'at' | 'row' | 'limits' | 'faults'> {
  edit: (fields: Partial<Row>) => void
}

/** What pressing it does: words, a command, or a page. */
function Doing({ at, row, limits, faults, edit }: DoingProps) {
  const n = { n: at + 1 }
  const opens = row.opens !== undefined
  const commands = limits.shape === 'commands'
  return (
    <div className="menu-row">
      <What at={at} row={row} limits={limits} edit={edit} />
      {opens ? (
        <Line
          name={t('Entry {n}: address', n)}
          placeholder="https://…"
          value={row.opens ?? ''}
          longest={1000}
          fault={faults.get(`${at}.opens`)}
          set={address => edit({ opens: address })}
        />
      ) : (
        <Line
          name={commands ? t('Entry {n}: command', n) : t('Entry {n}: what the customer says', n)}
          placeholder={commands ? `/${commandOf({ label: row.label }) || 'hours'}` : row.label || t('the label')}
          value={row.says ?? ''}
          longest={limits.says}
          fault={faults.get(`${at}.says`)}
          set={says => edit({ says })}
        />
      )}
    </div>
  )
}

function What({ at, row, limits, edit }: Omit<DoingProps, 'faults'>) {
  const what = t('Entry {n}: what happens', { n: at + 1 })
  if (!limits.opens)
    return <span className="dim meta-text">{limits.shape === 'commands' ? t('command') : t('says')}</span>
  return (
    <span className="fld menu-what">
      <select
        aria-label={what}
        value={row.opens === undefined ? 'says' : 'opens'}
        onChange={event => edit({ opens: event.target.value === 'opens' ? '' : undefined })}
      >
        <option value="says">{t('says')}</option>
        <option value="opens">{t('opens')}</option>
      </select>
    </span>
  )
}

interface LineProps {
  name: string
  placeholder: string
  value: string
  longest: number
  fault: string | undefined
  /** The fault keeps the form from being saved, and is not shown yet. */
  quiet?: boolean
  set: (value: string) => void
}

/** A line whose fault keeps the form from being saved. */
function Line({ name, placeholder, value, longest, fault, quiet, set }: LineProps) {
  const bad = !!fault && !quiet
  return (
    <span className={bad ? 'fld grow bad' : 'fld grow'}>
      <input
        ref={input => input?.setCustomValidity(fault ?? '')}
        aria-label={name}
        aria-invalid={bad}
        placeholder={placeholder}
        value={value}
        maxLength={longest}
        autoComplete="off"
        onChange={event => set(event.target.value)}
      />
      {longest <= 300 && value.length > longest * 0.8 && (
        <span className="dim meta-text num menu-left">{longest - value.length}</span>
      )}
    </span>
  )
}

interface ToolsProps {
  at: number
  count: number
  move: (by: -1 | 1) => void
  remove: () => void
}

function Tools({ at, count, move, remove }: ToolsProps) {
  const n = { n: at + 1 }
  return (
    <>
      <button
        type="button"
        className="tool menu-up"
        aria-label={t('Move entry {n} up', n)}
        disabled={!at}
        onClick={() => move(-1)}
      >
        <Icon name="down" />
      </button>
      <button
        type="button"
        className="tool"
        aria-label={t('Move entry {n} down', n)}
        disabled={at === count - 1}
        onClick={() => move(1)}
      >
        <Icon name="down" />
      </button>
      <button type="button" className="tool" aria-label={t('Remove entry {n}', n)} onClick={remove}>
        <Icon name="x" />
      </button>
    </>
  )
}
