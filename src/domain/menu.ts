// The menu under a chat: a few entries that stay there, whatever is said. Each says something for the customer or opens a page.

export interface MenuEntry {
  label: string
  /** What the customer says by pressing it, or the command. Absent, with no `opens` either: the label itself. */
  says?: string | undefined
  /** The https address of a page. */
  opens?: string | undefined
}

export interface Menu {
  entries: MenuEntry[]
  /** On the bar that folds it up and down, where there is one. */
  bar?: string | undefined
  /** Unfolded from the start. */
  open?: boolean | undefined
  /** A picture of the full height also for few entries. */
  tall?: boolean | undefined
  /** The stored file that is shown. `colour` is of one drawn from the labels. */
  picture?: { media: string; colour?: string | undefined } | undefined
}

/** What a network's menu can hold, in characters, and how it looks there. */
export interface MenuLimits {
  shape: 'picture' | 'list' | 'commands' | 'tabs' | 'questions'
  most: number
  label: number
  says: number
  /** It has entries that open a page. */
  opens?: true
  bar?: number
}

export interface MenuFault {
  /** From 0; absent where the whole is meant. */
  row?: number
  at: 'entries' | 'label' | 'says' | 'opens' | 'bar' | 'picture'
  /** English, with `{n}` for the entry and `{max}` for the limit. */
  message: string
  values: { n: number; max: number }
}

/** Everything that keeps a menu from being set, in the order of its entries. */
export function menuFaults(menu: Menu, limits: MenuLimits): MenuFault[] {
  const faults: MenuFault[] = []
  const whole = (at: MenuFault['at'], message: string, max = 0) => faults.push({ at, message, values: { n: 0, max } })
  if (menu.entries.length > limits.most) whole('entries', 'A menu has at most {max} entries here.', limits.most)
  menu.entries.forEach((entry, row) => {
    for (const fault of entryFaults(entry, limits))
      faults.push({ row, ...fault, values: { ...fault.values, n: row + 1 } })
    const twice = limits.shape === 'commands' && menu.entries.findIndex(e => commandOf(e) === commandOf(entry)) < row
    if (twice)
      faults.push({
        row,
        at: 'says',
        message: 'Entry {n}: this command is there already.',
        values: { n: row + 1, max: 0 },
      })
  })
  if (menu.entries.length && limits.bar && (menu.bar?.length ?? 0) > limits.bar)
    whole('bar', 'The words on the bar have more than {max} characters.', limits.bar)
  if (menu.entries.length && limits.shape === 'picture' && !menu.picture) whole('picture', 'The menu needs a picture.')
  return faults
}

function entryFaults({ label, says, opens }: MenuEntry, limits: MenuLimits): Omit<MenuFault, 'row'>[] {
  const fault = (at: MenuFault['at'], message: string, max = 0) => [{ at, message, values: { n: 0, max } }]
  const long = label.length > limits.label
  return [
    ...(label.trim() ? [] : fault('label', 'Entry {n}: the label is missing.')),
    ...(long ? fault('label', 'Entry {n}: the label has more than {max} characters.', limits.label) : []),
    ...(opens === undefined
      ? saysFaults({ label, says }, limits).map(([message, max]) => ({
          at: 'says' as const,
          message,
          values: { n: 0, max },
        }))
      : !limits.opens
        ? fault('opens', 'Entry {n}: no page can be opened from here.')
        : /^https:\/\/[^\s/]\S*$/.test(opens) && opens.length <= 1000
          ? []
          : fault('opens', 'Entry {n}: the address must begin with https://')),
  ]
}

function saysFaults(entry: MenuEntry, limits: MenuLimits): [string, number][] {
  if (limits.shape === 'commands')
    return commandOf(entry)
      ? []
      : [['Entry {n}: a command is 1 to 32 small Latin letters, digits and underscores.', 32]]
  const long = (entry.says ?? '').length > limits.says
  return long ? [['Entry {n}: what it says has more than {max} characters.', limits.says]] : []
}

/** The fault as a sentence. */
export const menuFaultWords = ({ message, values }: MenuFault): string =>
  message.replace('{n}', String(values.n)).replace('{max}', String(values.max))

/** What the customer says by pressing it. */
export const saidBy = ({ says, label }: MenuEntry): string => says || label

/** The command of an entry without its stroke, made from a Latin label where none is given; empty where none can be. */
export function commandOf({ says, label }: MenuEntry): string {
  const made = says
    ? says.trim().replace(/^\//, '')
    : label
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, '_')
        .replace(/^_+|_+$/g, '')
  return /^[a-z0-9_]{1,32}$/.test(made) ? made : ''
}

/** `Opening hours = HOURS` says a word, `Shop = https://…` opens a page: one entry a line. */
export const menuFromLines = (lines: string): Menu => ({
  entries: lines.split('\n').flatMap((line): MenuEntry[] => {
    const [, label, target] = /^(.*?)=(.*)$/.exec(line.trim())?.map(word => word.trim()) ?? []
    if (label === undefined || target === undefined) return []
    return [/^https?:\/\//.test(target) ? { label, opens: target } : { label, says: target }]
  }),
})

export interface Cell {
  x: number
  y: number
  width: number
  height: number
}

/** Where the entries stand on a picture 2500 wide: up to three side by side, up to six in two rows. */
export function menuPicture({ entries, tall }: Menu): { width: number; height: number; cells: Cell[] } {
  const count = entries.length
  const rows = count > 3 ? [Math.floor(count / 2), Math.ceil(count / 2)] : [count]
  const size = { width: 2500, height: count > 3 || tall ? 1686 : 843 }
  const height = size.height / rows.length
  return { ...size, cells: rows.flatMap((columns, row) => cellsOf(columns, { y: row * height, height })) }
}

function cellsOf(columns: number, { y, height }: { y: number; height: number }): Cell[] {
  const edge = (column: number) => Math.round((2500 * column) / columns)
  return Array.from({ length: columns }, (_, i) => ({ x: edge(i), y, width: edge(i + 1) - edge(i), height }))
}
