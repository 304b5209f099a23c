import {
  type Menu,
  type MenuEntry,
  type MenuFault,
  type MenuLimits,
  menuFaults,
  menuFromLines,
} from '../../src/domain/menu.ts'
import { t } from '../say.ts'
import { menuColours } from './menu-picture.ts'

/** An entry while it is edited: `key` stays when it is moved, `opens` is there while a page is meant. */
export interface Row extends MenuEntry {
  key: number
}

export interface Draft extends Omit<Menu, 'entries'> {
  entries: Row[]
}

/** What stands in the setting: a menu, or lines from earlier. */
export function draftOf(value: string | undefined, { shape }: MenuLimits): Draft {
  const menu: Menu = value?.startsWith('{') ? (JSON.parse(value) as Menu) : menuFromLines(value ?? '')
  const picture = shape === 'picture' ? (menu.picture ?? { media: '0', colour: menuColours[0] }) : undefined
  return { ...menu, entries: menu.entries.map((entry, key) => ({ ...entry, key })), ...(picture && { picture }) }
}

/** The menu as it is saved: nothing that says no more than the label, no picture without entries. */
export function menuOfDraft({ entries, bar, open, tall, picture }: Draft): Menu {
  const kept = entries.map(({ label, says, opens }): MenuEntry => {
    const said = says?.trim()
    if (opens !== undefined) return { label: label.trim(), opens: opens.trim() }
    return { label: label.trim(), ...(said && said !== label.trim() && { says: said }) }
  })
  if (!kept.length) return { entries: [] }
  const size = tall && kept.length <= 3 ? { tall } : {}
  return {
    entries: kept,
    ...(bar?.trim() && { bar: bar.trim() }),
    ...(open && { open }),
    ...size,
    ...(picture && { picture }),
  }
}

/** What is wrong, by row and field; `''` for the whole. */
export function faultsOf(draft: Draft, limits: MenuLimits): Map<string, string> {
  const place = ({ row, at }: MenuFault) => (row === undefined ? at : `${row}.${at}`)
  return new Map(
    menuFaults(menuOfDraft(draft), limits)
      .reverse()
      .map(fault => [place(fault), t(fault.message, fault.values)]),
  )
}

/** The entries with one moved a place up (-1) or down (1). */
export function moved(entries: Row[], at: number, by: -1 | 1): Row[] {
  const to = at + by
  if (to < 0 || to >= entries.length) return entries
  return entries.with(at, entries[to]!).with(to, entries[at]!)
}
