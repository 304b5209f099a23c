import { useSyncExternalStore } from 'react'

export type Route =
  | { screen: 'inbox'; id?: string /** A message to open it at. */; at?: string }
  | { screen: 'settings'; page: string; item?: string }
  | { screen: 'sign-in' }
  | { screen: 'welcome'; token: string }

/** Reads an address; whatever is unknown leads to the inbox. */
export function routeOf(path: string, hash: string): Route {
  const [first = '', second, third] = path.split('/').filter(Boolean)
  if (first === 'sign-in') return { screen: 'sign-in' }
  if (first === 'welcome') return { screen: 'welcome', token: hash.replace(/^#/, '') }
  if (first === 'settings') return { screen: 'settings', page: second ?? '', ...(third && { item: third }) }
  if (first !== 'inbox' || !second) return { screen: 'inbox' }
  const at = /^#?m(\d+)$/.exec(hash)?.[1]
  return { screen: 'inbox', id: second, ...(at && { at }) }
}

const moved = 'parley:moved'

/** Goes to an address of the app; `replace` leaves no step back. */
export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  if (path === location.pathname + location.hash) return
  if (how === 'push') history.pushState({ inside: true }, '', path)
  else history.replaceState(history.state, '', path)
  dispatchEvent(new Event(moved))
}

function listen(changed: () => void): () => void {
  const events = ['popstate', 'hashchange', moved]
  for (const event of events) addEventListener(event, changed)
  return () => {
    for (const event of events) removeEventListener(event, changed)
  }
}

export function useRoute(): Route {
  const address = useSyncExternalStore(listen, () => location.pathname + location.hash)
  const [path = '/', hash = ''] = address.split('#')
  return routeOf(path, hash)
}

/** For links: a plain click stays in the app, any other click is the browser's. */
export function follow(event: React.MouseEvent<HTMLAnchorElement>): void {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  if (!plain) return
  event.preventDefault()
  go(event.currentTarget.getAttribute('href') ?? '/')
}
