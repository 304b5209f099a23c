import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { readThread } from '../state/act.ts'
import type { Row } from '../state/rows.ts'
import { useWorld, type World } from '../state/store.ts'
import { RowView } from './rows.tsx'

const near = 80

/** Everything said, drawn only where it can be seen; stays at the end while one looks there. */
export function Stream({ id, rows }: { id: string; rows: Row[] }) {
  const handle = useRef<VirtualizerHandle>(null)
  const box = useRef<HTMLDivElement>(null)
  const { atEnd, setAtEnd, missed } = useEnd(rows)
  const shift = usePrepended(rows)
  const next = useWorld(useCallback((w: World) => !!w.threads[id]?.next, [id]))
  useStick(box, atEnd, rows)
  useEffect(() => {
    const start = rows.findIndex(row => row.kind === 'new')
    if (start > 0 && rows.length - start > 12) handle.current?.scrollToIndex(start, { align: 'start' })
    // biome-ignore lint/correctness/useExhaustiveDependencies: only when the conversation opens
  }, [])
  const scrolled = (offset: number) => {
    const h = handle.current
    if (!h) return
    setAtEnd(h.scrollSize - offset - h.viewportSize < near)
    if (offset < 600 && next) void readThread(id).catch(() => {})
  }
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight })
  return (
    <div className="scroll-box">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keys */}
      <div className="scroll" ref={box} role="region" aria-label={t('Messages')} tabIndex={0}>
        <div className="push" />
        <div className="col">
          <Virtualizer ref={handle} data={rows} shift={shift} onScroll={scrolled} scrollRef={box}>
            {row => <RowView key={row.key} row={row} />}
          </Virtualizer>
        </div>
        <div className="end" />
      </div>
      {!atEnd && (
        <button type="button" className="to-end" aria-label={t('To the newest message')} onClick={toEnd}>
          {missed > 0 && <span className="cnt">{missed}</span>}
          <Icon name="down" />
        </button>
      )}
    </div>
  )
}

/** Is the end in sight, and how many rows came while it was not? */
function useEnd(rows: Row[]) {
  const [atEnd, setAtEnd] = useState(true)
  const seen = useRef<string>(undefined)
  const last = rows.at(-1)?.key
  if (atEnd) seen.current = last
  const missed = atEnd ? 0 : rows.length - 1 - rows.findIndex(row => row.key === seen.current)
  return { atEnd, setAtEnd, missed: seen.current === last ? 0 : missed }
}

/** True for the drawing in which older rows were put on top, so that what is read stays where it is. */
function usePrepended(rows: Row[]): boolean {
  const before = useRef(rows)
  const shift = useRef(false)
  if (before.current !== rows) {
    const [old, now] = [before.current, rows]
    shift.current = old.at(-1)?.key === now.at(-1)?.key && old.length < now.length && old[1]?.key !== now[1]?.key
    before.current = rows
  }
  return shift.current
}

/** Keeps the end in sight when rows come, grow (pictures) or the pane changes its height. */
function useStick(box: React.RefObject<HTMLDivElement | null>, atEnd: boolean, rows: Row[]): void {
  const stick = useRef(atEnd)
  stick.current = atEnd
  const own = rows.at(-1)
  const ours = own?.kind === 'message' && own.message.direction === 'out' ? own.key : undefined
  const lastOurs = useRef(ours)
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    if (ours && ours !== lastOurs.current) element.scrollTop = element.scrollHeight
    lastOurs.current = ours
    const toEnd = () => {
      if (stick.current) element.scrollTop = element.scrollHeight
    }
    toEnd()
    const watch = new ResizeObserver(toEnd)
    watch.observe(element)
    for (const child of element.children) watch.observe(child)
    return () => watch.disconnect()
  }, [box, ours])
}
