import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'

export interface Line {
  /** Unix seconds. */
  t: number
  from: 'customer' | 'agent'
  text: string
}
export interface Dialogue {
  id: number
  messages: Line[]
}

/** Real dialogues between people (STAR), outside the repository; absent on most machines. */
export const starFile = path.resolve(import.meta.dirname, '../../../shared/data/dialogues/star/star_odd_ids.jsonl.gz')

/** Reads one dialogue a line, packed or not. Those in which nobody says anything are left out. */
export function readDialogues(file: string, limit = Number.POSITIVE_INFINITY): Dialogue[] {
  const bytes = fs.readFileSync(file)
  const text = (file.endsWith('.gz') ? zlib.gunzipSync(bytes) : bytes).toString('utf8')
  const all = text.split('\n').flatMap(line => (line.trim() ? [JSON.parse(line) as Dialogue] : []))
  return all.filter(d => d.messages.length > 0).slice(0, limit)
}

/** So many short dialogues of our own, for machines without the real ones. */
export function ownDialogues(count: number): Dialogue[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    messages: exchange.slice(0, 2 + (id % (exchange.length - 1))).map((text, n) => ({
      t: n * 7,
      from: n % 2 ? 'agent' : 'customer',
      text: `${text} (${id})`,
    })),
  }))
}

const exchange = [
  'Hello, is the rye bread still warm?',
  'Good morning! It left the oven at seven.',
  'Hyvä, kaksi limppua kiitos',
  'Two loaves are put aside for you.',
  'Спасибо! А можно забрать в пять?',
  'Конечно, мы открыты до шести 🍞',
  'See you then 👋🏽',
  'See you!',
]
