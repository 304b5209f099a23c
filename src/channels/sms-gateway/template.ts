import { list, maybe, text } from '../kit.ts'

/** `{name}` replaced by what it stands for; names nobody knows stay, so that a mistake is seen. */
export const fill = (template: string, values: Record<string, string>, write = (value: string) => value): string =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? write(values[name]!) : whole))

/** Filled, or empty when it names something that is empty: `Sent by {from}` without a sender. */
const whole = (template: string, values: Record<string, string>): string =>
  [...template.matchAll(/\{(\w+)\}/g)].some(([, name]) => values[name!] === '') ? '' : fill(template, values)

/** Each text of a JSON template filled; a text that comes out empty takes its field away. */
export function fillJson(template: unknown, values: Record<string, string>): unknown {
  if (typeof template === 'string') return whole(template, values)
  if (Array.isArray(template)) return template.map(one => fillJson(one, values))
  if (typeof template !== 'object' || template === null) return template
  const fields = Object.entries(template).map(([name, value]) => [name, fillJson(value, values)] as const)
  return Object.fromEntries(fields.filter(([, value]) => value !== '' && !isEmpty(value)))
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0

/** `name=value&name=value` with placeholders, as pairs. `%26` is an ampersand within a value. */
export function pairs(template: string, values: Record<string, string>): [string, string][] {
  return template
    .split('&')
    .filter(Boolean)
    .map(pair => {
      const at = pair.indexOf('=')
      const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
      return [name.trim(), whole(unescaped(value), values)] as [string, string]
    })
    .filter(([, value]) => value !== '')
}

const unescaped = (value: string): string => value.replaceAll('%26', '&').replaceAll('%25', '%')

/** `a=b, c=d` as a table. */
export const table = (words: string): ReadonlyMap<string, string> =>
  new Map(
    words
      .split(',')
      .map(pair => pair.split('=').map(word => word.trim()))
      .filter(([name, value]) => name && value) as [string, string][],
  )

/** What lies at `a.0.b`. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inside, step) => {
    if (Array.isArray(inside)) return inside[Number(step)]
    const fields = maybe(inside)
    return Object.hasOwn(fields, step) ? fields[step] : undefined
  }, value)
}

/** The text at a path, or what `/pattern/` finds first. */
export function find(where: string, answer: { json: unknown; words: string }): string | undefined {
  const pattern = /^\/(.*)\/$/s.exec(where)?.[1]
  if (pattern === undefined) return where ? text(at(answer.json, where)) : undefined
  const match = new RegExp(pattern).exec(answer.words)
  return match?.[1] ?? match?.[0]
}

/** The entries of a list, or the whole where there is none. */
export const entries = (value: unknown, path: string): unknown[] => {
  const inside = path ? at(value, path) : undefined
  return Array.isArray(inside) ? list(inside) : [value]
}
