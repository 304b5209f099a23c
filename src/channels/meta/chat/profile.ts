import { type Menu, type MenuEntry, saidBy } from '../../../domain/menu.ts'
import type { HttpAnswer, SetupResult } from '../../contract.ts'
import type { Json } from '../../kit.ts'
import { outcome } from './outcome.ts'

/** What a chat shows before and beside its messages: fields to set, and those to take away. */
export interface Profile {
  set: Json
  clear: string[]
}

interface Wishes {
  greeting?: string | undefined
  menu?: Menu | undefined
  iceBreakers?: Menu | undefined
}

/** `always` is set whatever else is wished. */
export function profileOf({ greeting, menu, iceBreakers }: Wishes, always: Json = {}): Profile {
  const menus: [string, Menu | undefined, (entries: MenuEntry[]) => Json][] = [
    ['persistent_menu', menu, entries => ({ composer_input_disabled: false, call_to_actions: entries.map(line) })],
    ['ice_breakers', iceBreakers, entries => ({ call_to_actions: entries.map(question) })],
  ]
  const wished = menus.flatMap(([field, { entries } = {} as Menu, made]) =>
    entries?.length ? [[field, [{ locale: 'default', ...made(entries) }]]] : [],
  )
  const greeted = greeting ? { greeting: [{ locale: 'default', text: greeting }] } : {}
  const clear = menus.flatMap(([field, wish]) => (wish && !wish.entries.length ? [field] : []))
  return { set: { ...always, ...greeted, ...Object.fromEntries(wished) }, clear }
}

const line = (entry: MenuEntry): Json =>
  entry.opens
    ? { type: 'web_url', title: entry.label, url: entry.opens }
    : { type: 'postback', title: entry.label, payload: saidBy(entry) }

const question = (entry: MenuEntry): Json => ({ question: entry.label, payload: saidBy(entry) })

type Ask = (call: { method: 'POST' | 'DELETE'; path: string; json: object }) => Promise<HttpAnswer>

/** Sets and clears it; the same again changes nothing at Meta. Answers why it was refused. */
export async function setProfile({ set, clear }: Profile, ask: Ask, more: Json = {}): Promise<SetupResult | undefined> {
  const path = 'me/messenger_profile'
  const answers = [
    ...(Object.keys(set).length ? [await ask({ method: 'POST', path, json: { ...more, ...set } })] : []),
    ...(clear.length ? [await ask({ method: 'DELETE', path, json: { ...more, fields: clear } })] : []),
  ]
  const refused = answers.find(({ status }) => status >= 300)
  const why = refused && outcome(refused)
  if (!why || why.ok) return undefined
  return { ok: false, why: why.why, detail: `The menu was not set: ${why.detail}` }
}
