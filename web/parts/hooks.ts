import { useEffect, useRef, useState } from 'react'

/** The time, renewed so often, for what grows by itself (waiting rings, windows). */
export function useNow(everyMs = 20_000): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** Something kept in this browser. */
export function useKept(key: string, first: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => localStorage.getItem(key) ?? first)
  return [
    value,
    next => {
      localStorage.setItem(key, next)
      setValue(next)
    },
  ]
}

/** Calls the newest `handle` for keys pressed anywhere. */
export function useKeys(handle: (event: KeyboardEvent) => void): void {
  const latest = useRef(handle)
  latest.current = handle
  useEffect(() => {
    const listen = (event: KeyboardEvent) => latest.current(event)
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}

/** Is the person writing, so that letters are letters and not commands? */
export const isWriting = (event: KeyboardEvent): boolean =>
  event.target instanceof HTMLElement &&
  !!event.target.closest('input, textarea, select, [contenteditable], [role=menu], [role=dialog]')

export function useMatch(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const list = matchMedia(query)
    const changed = () => setMatches(list.matches)
    list.addEventListener('change', changed)
    return () => list.removeEventListener('change', changed)
  }, [query])
  return matches
}

export const phone = '(max-width: 767px)'

/** Loads once and again when `key` changes; `undefined` while loading, `error` says why not. */
export function useLoad<T>(load: () => Promise<T>, key: string): { value?: T; error?: unknown; again: () => void } {
  const [state, setState] = useState<{ key: string; value?: T; error?: unknown }>({ key })
  const [turn, setTurn] = useState(0)
  const latest = useRef(load)
  latest.current = load
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks again
  useEffect(() => {
    let here = true
    latest.current().then(
      value => here && setState({ key, value }),
      error => here && setState({ key, error }),
    )
    return () => {
      here = false
    }
  }, [key, turn])
  const mine = state.key === key ? state : {}
  return { ...mine, again: () => setTurn(turn + 1) }
}

/** For `ref`: begins with the focus here. */
export const focusAtOnce = (element: HTMLElement | null): void => element?.focus()
