import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import type { Row } from '../state/rows.ts'

/** So near to the end (pixels) counts as being there; farther away the button back appears. */
const touching = 4
const inSight = 80

const distance = (element: HTMLElement) => element.scrollHeight - element.scrollTop - element.clientHeight

/**
 * Keeps the end in sight when rows come, pictures grow or the pane changes its height. Only the person's own hand
 * (wheel, finger, key, scroll bar) lets go of the end: rows that are measured late scroll too and must not.
 */
export function useEnd(box: RefObject<HTMLElement | null>, rows: Row[]) {
  const [atEnd, setAtEnd] = useState(true)
  const free = useRef(false)
  const toEnd = () => {
    free.current = false
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }
  const look = () => {
    if (!box.current) return
    const left = distance(box.current)
    if (left <= touching) free.current = false
    setAtEnd(left < inSight || !free.current)
  }
  useOwnWords(rows, toEnd)
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const hold = () => {
      if (!free.current) element.scrollTop = element.scrollHeight
    }
    hold()
    const watch = new ResizeObserver(hold)
    for (const one of [element, ...element.children]) watch.observe(one)
    return () => watch.disconnect()
  }, [box])
  const letGo = () => {
    free.current = true
  }
  const hands = {
    onScroll: look,
    onWheel: (event: React.WheelEvent) => event.deltaY < 0 && letGo(),
    onTouchMove: letGo,
    onKeyDown: letGo,
    onPointerDown: (event: React.PointerEvent) => event.target === event.currentTarget && letGo(),
  }
  return { atEnd, missed: useMissed(rows, atEnd), toEnd, letGo, hands }
}

/** What one says oneself is always shown. */
function useOwnWords(rows: Row[], toEnd: () => void): void {
  const last = rows.at(-1)
  const own = last?.kind === 'note' || (last?.kind === 'message' && last.message.direction === 'out') ? last.key : ''
  const shown = useRef(own)
  useLayoutEffect(() => {
    if (own && own !== shown.current) toEnd()
    shown.current = own
  })
}

/** How many rows came below while one was reading above. */
function useMissed(rows: Row[], atEnd: boolean): number {
  const seen = useRef('')
  const last = rows.at(-1)?.key ?? ''
  if (atEnd) seen.current = last
  return seen.current === last ? 0 : rows.length - 1 - rows.findIndex(row => row.key === seen.current)
}
