import { accept } from './accept.ts'
import { adapters } from './adapters.ts'
import type { Figure } from './figure.ts'
import { inbox } from './inbox.ts'
import { jobs } from './jobs.ts'
import { live } from './live.ts'
import { memory } from './memory.ts'
import { replay } from './replay.ts'
import { type Chapter, isMissed, printTable, ratioOf, writeChapters } from './report.ts'
import { start } from './start.ts'
import { wholeWay } from './whole-way.ts'
import { widget } from './widget.ts'

/** Prints every figure of docs/performance.md, or those of the named chapters, and writes them down. */
const chapters: Record<string, () => Promise<Figure | Figure[]>> = {
  accept,
  adapters,
  'whole-way': wholeWay,
  replay,
  inbox,
  live,
  jobs,
  start,
  memory,
  widget,
}

const named = process.argv.slice(2)
const unknown = named.filter(name => !(name in chapters))
if (unknown.length) {
  console.error(`There is no figure called ${unknown.join(', ')}. There are: ${Object.keys(chapters).join(', ')}.`)
  process.exit(2)
}

const done: Chapter[] = []
for (const [name, measure] of Object.entries(chapters)) {
  if (named.length && !named.includes(name)) continue
  console.log(`\n${name}: measuring …`)
  const figures = [await measure()].flat()
  done.push({ name, figures })
  printTable(figures)
  writeChapters(done)
}
const missed = done.flatMap(chapter => chapter.figures).filter(isMissed)
console.log(
  missed.length
    ? `\nMissed:\n${missed.map(f => `  ${f.name}: ${f.value} ${f.unit}, target ${f.target}${ratioOf(f) ? `, ${ratioOf(f)} of the control` : ''}`).join('\n')}`
    : '\nEvery target is met.',
)
console.log('Written to docs/performance.md.')
