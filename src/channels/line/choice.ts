import type { Choice } from '../../domain/message.ts'

// A postback brings back its `data` and nothing else, so the words of the button travel in it beside the id. The length
// of the id stands before it, because both may contain anything.

/** The `data` of a button: at most 270 characters for what `can.choices` admits; LINE allows 300. */
export const dataOf = ({ id, label }: Choice): string => `parley:${id.length}:${id}${label}`

/** What a postback chose. Data that is not ours (a rich menu of another tool) is its own id and label. */
export function chosenBy(data: string): { choice: string; label: string } {
  const [start, digits] = /^parley:(\d{1,3}):/.exec(data) ?? []
  const length = Number(digits)
  if (start === undefined || data.length < start.length + length) return { choice: data, label: data }
  const choice = data.slice(start.length, start.length + length)
  return { choice, label: data.slice(start.length + length) || choice }
}
