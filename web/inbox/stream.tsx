import { useCallback, useRef } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { readThread } from '../state/act.ts'
import type { Row } from '../state/rows.ts'
import { useWorld, type World } from '../state/store.ts'
import { RowView } from './rows.tsx'
import { useSeek } from './seek.ts'
import { useEnd } from './stream-end.ts'

/** Older pages are asked for while there is still so much to scroll, in pixels. */
const ahead = 800

/** Everything said, drawn only where it can be seen; stays at the end while one looks there. */
export function Stream({ id, rows }: { id: string; rows: Row[] }) {
  const handle = useRef<VirtualizerHandle>(null)
  const box = useRef<HTMLElement>(null)
  const { atEnd, missed, toEnd, letGo, hands } = useEnd(box, rows)
  const lit = useSeek(id, rows, index => {
    letGo()
    handle.current?.scrollToIndex(index, { align: 'center' })
  })
  const shift = usePrepended(rows)
  const next = useWorld(useCallback((w: World) => !!w.threads[id]?.next, [id]))
  const scrolled = (offset: number) => {
    if (offset < ahead && next) void readThread(id).catch(() => {})
  }
  return (
    <div className="scroll-box">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keys */}
      <section className="scroll" ref={box} aria-label={t('Messages')} tabIndex={0} {...hands}>
        <div className="push" />
        <div className="col">
          <Virtualizer ref={handle} data={rows} shift={shift} onScroll={scrolled} scrollRef={box}>
            {row => (
              <div key={row.key} className={row.key === lit ? 'lit' : undefined}>
                <RowView row={row} />
              </div>
            )}
          </Virtualizer>
        </div>
        <div className="end" />
      </section>
      {!atEnd && (
        <button type="button" className="to-end" aria-label={t('To the newest message')} onClick={toEnd}>
          {missed > 0 && <span className="cnt">{missed}</span>}
          <Icon name="down" />
        </button>
      )}
    </div>
  )
}

/** True for the drawing in which older rows were put on top, so that what is read stays where it is. */
function usePrepended(rows: Row[]): boolean {
  const before = useRef(rows)
  const shift = useRef(false)
  if (before.current !== rows) {
    const old = before.current
    shift.current = old.at(-1)?.key === rows.at(-1)?.key && old.length < rows.length && old[1]?.key !== rows[1]?.key
    before.current = rows
  }
  return shift.current
}
