import { h, render } from 'preact'
import type { Claim } from '../src/site/shapes.ts'
import { type Chat, createChat, hasBegun, identify, reset } from './chat.ts'
import { look } from './hear.ts'
import { start } from './link.ts'
import { allowed } from './memory.ts'
import { Widget } from './panel.tsx'
import css from './style.css?inline'
import { dress } from './theme.ts'
import { languageOf } from './words.ts'

type Listener = (detail: unknown) => void
type Command = [string, ...unknown[]]
interface Entrance {
  (...command: Command): void
  q?: Command[]
}

const script = document.currentScript as HTMLScriptElement | null
const channel = script?.dataset.channel
const page = window as unknown as { parley?: Entrance }

if (channel && script) {
  const begin = () => boot(script, channel)
  // The page comes first: nothing is drawn or asked for until it has loaded and has nothing else to do.
  const idle = () =>
    'requestIdleCallback' in window ? requestIdleCallback(begin, { timeout: 2000 }) : setTimeout(begin, 200)
  if (document.readyState === 'complete') idle()
  else addEventListener('load', idle)
} else console.warn('Parley: the script tag needs data-channel="…".')

function boot(tag: HTMLScriptElement, id: string): void {
  const { dataset } = tag
  const listeners = new Map<string, Set<Listener>>()
  const host = document.createElement('parley-chat')
  const shadow = shaded(host)
  let planned = false
  const chat = createChat({
    root: `${new URL(tag.src).origin}/widget/${id}`,
    channel: id,
    language: languageOf([dataset.lang, document.documentElement.lang, ...navigator.languages]),
    entry: dataset.ref,
    draw() {
      if (!planned) queueMicrotask(paint)
      planned = true
    },
    emit(event, detail) {
      for (const listener of listeners.get(event) ?? []) listener(detail)
    },
    focus: () => focusWords(shadow, chat),
  })
  const end = followEnd(shadow, chat)
  const toggle = (open: boolean) => turn(open, chat, shadow)
  const frame = { chat, left: dataset.position === 'left', hidden: dataset.launcher === 'hidden', toggle }
  function paint(): void {
    planned = false
    dress(host, dataset, chat)
    end.keeping(() => render(h(Widget, { ...frame }), shadow))
  }
  document.body.append(host)
  document.addEventListener('visibilitychange', () => look(chat))
  follow(host)
  if (hasBegun(chat)) start(chat.link)
  paint()
  if (wasOpen(id)) toggle(true)
  entrance({ chat, toggle, listeners, show: shown => [Object.assign(frame, { hidden: !shown }), paint()] })
}

/** A constructed sheet is no inline style: the strictest CSP lets it pass. */
function shaded(host: HTMLElement): ShadowRoot {
  const shadow = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  shadow.adoptedStyleSheets = [sheet]
  return shadow
}

/** Opens or closes the panel, and moves the focus along once it is drawn. */
function turn(open: boolean, chat: Chat, shadow: ShadowRoot): void {
  if (chat.open === open) return
  chat.open = chat.atEnd = open
  remember(chat.channel, open)
  if (open) start(chat.link)
  look(chat)
  queueMicrotask(() => (open ? chat.focus() : shadow.querySelector<HTMLElement>('.launch')?.focus()))
  chat.emit(open ? 'open' : 'close')
}

interface Doors {
  chat: Chat
  listeners: Map<string, Set<Listener>>
  toggle(open: boolean): void
  show(shown: boolean): void
}

/** `window.parley('open')` and the rest; what was called before we came waits in `parley.q`. */
function entrance({ chat, toggle, listeners, show }: Doors): void {
  const verbs: Record<string, (...given: never[]) => unknown> = {
    open: () => toggle(true),
    close: () => toggle(false),
    toggle: () => toggle(!chat.open),
    show: () => show(true),
    hide: () => show(false),
    identify: (claim: Claim) => identify(chat, claim),
    reset: () => reset(chat),
    on: (event: string, listener: Listener) => {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener))
      if (event === 'ready') listener(undefined)
    },
    off: (event: string, listener: Listener) => listeners.get(event)?.delete(listener),
  }
  const earlier = page.parley?.q ?? []
  page.parley = (verb, ...given) => void verbs[verb]?.(...(given as never[]))
  for (const command of earlier) page.parley(...(Array.from(command) as Command))
}

/** Who reads at the end stays there, also when a picture comes in late or the draft grows; who reads above is not moved. */
function followEnd(shadow: ShadowRoot, chat: Chat): { keeping(change: () => void): void } {
  const log = () => shadow.querySelector('.log')
  let put = 0
  const toEnd = () => {
    const at = log()
    if (!at || !chat.atEnd) return
    at.scrollTop = at.scrollHeight
    put = at.scrollTop
  }
  const notice = (at: Element) => {
    chat.atEnd = at.scrollHeight - at.scrollTop - at.clientHeight < 60
    if (!chat.atEnd) put = 0
  }
  shadow.addEventListener('load', toEnd, true)
  shadow.addEventListener('input', toEnd)
  // A long draft scrolls too.
  shadow.addEventListener('scroll', ({ target }) => target === log() && notice(target as Element), true)
  return {
    keeping(change) {
      const at = log()
      // Scrolled up a moment ago: the event of it is still to come.
      if (at && at.scrollTop < put) notice(at)
      const [height, top] = [at?.scrollHeight ?? 0, at?.scrollTop ?? 0]
      change()
      toEnd()
      // Older messages came in above what is being read.
      if (at && !chat.atEnd && top < 60) at.scrollTop = top + at.scrollHeight - height
    },
  }
}

function focusWords(shadow: ShadowRoot, chat: Chat): void {
  const area = shadow.querySelector('textarea')
  if (chat.editing && area) area.value = chat.editing.parts.map(part => ('text' in part ? part.text : '')).join('\n')
  // On a phone the keyboard would cover what the visitor has not read yet.
  const quiet = matchMedia('(pointer: coarse)').matches && !chat.editing && !chat.replying
  const target = quiet ? shadow.querySelector<HTMLElement>('.log') : area
  target?.focus()
}

/** Open over the pages of one visit, but never by itself over a whole phone screen. */
function remember(id: string, open: boolean): void {
  allowed(() => sessionStorage.setItem(`parley.${id}`, open ? '1' : ''))
}
const wasOpen = (id: string): boolean =>
  innerWidth > 480 && allowed(() => sessionStorage.getItem(`parley.${id}`)) === '1'

/** A phone's keyboard covers half the page and tells only the visual viewport. */
function follow(host: HTMLElement): void {
  const fit = () => host.style.setProperty('--tall', `${visualViewport?.height}px`)
  visualViewport?.addEventListener('resize', fit)
}
