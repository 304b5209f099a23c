import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { findBinaries } from '../src/db/binaries.ts'
import type { Figure } from './figure.ts'

export interface Chapter {
  name: string
  figures: Figure[]
}

/** How many times the control; undefined without one. */
export function ratioOf({ value, control }: Figure): number | undefined {
  return control?.value ? Number((value / control.value).toPrecision(2)) : undefined
}

/** The first bound that the target names: ">= 20,000 jobs/s", "< 40 ms", ">= 0.9 of the control". */
export function isMissed(figure: Figure): boolean {
  const bound = /(<=|>=|<|>)\s*([\d,.]+)(\s*of the control)?/.exec(figure.target)
  if (!bound) return false
  const limit = Number(bound[2]!.replaceAll(',', '')) * (bound[3] ? (figure.control?.value ?? Number.NaN) : 1)
  const { value } = figure
  const met = { '<=': value <= limit, '>=': value >= limit, '<': value < limit, '>': value > limit }
  return !met[bound[1] as keyof typeof met]
}

const number = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 2 })
const columns = ['', 'Figure', 'Here', 'Control', 'Ratio', 'Target']
const cells = (f: Figure): string[] => [
  isMissed(f) ? 'missed' : 'met',
  f.name,
  `${number(f.value)} ${f.unit}`,
  f.control ? number(f.control.value) : '',
  ratioOf(f)?.toString() ?? '',
  f.target,
]

/** A table as wide as its longest cells; below it the notes. */
export function printTable(figures: readonly Figure[]): void {
  const rows = [columns, ...figures.map(cells)]
  const widths = columns.map((_, i) => Math.max(...rows.map(row => row[i]!.length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
  for (const { name, note } of figures) if (note) console.log(`  ${name}: ${note}`)
}

const root = path.resolve(import.meta.dirname, '..')
const file = path.join(root, 'docs/performance.md')

/** Writes the chapters into docs/performance.md; those that were not measured now stay as they are. */
export function writeChapters(done: readonly Chapter[]): void {
  const [preface, before] = fs.readFileSync(file, 'utf8').split(mark)
  const kept = new Map(
    (before ?? '')
      .split(/^(?=## )/m)
      .slice(1)
      .map(text => [/^## (.+)$/m.exec(text)![1]!, text.trimEnd()]),
  )
  for (const chapter of done) kept.set(chapter.name, written(chapter))
  fs.writeFileSync(file, `${[`${preface}${mark}`, ...kept.values()].join('\n\n')}\n`)
}

/** What stands above it is written by hand. */
const mark = '<!-- figures -->'

function written({ name, figures }: Chapter): string {
  const row = (texts: string[]) => `| ${texts.map(text => text.replaceAll('|', '\\|')).join(' | ')} |`
  const controls = [...new Set(figures.flatMap(f => (f.control ? [f.control.name] : [])))]
  return [
    `## ${name}`,
    machine(),
    [row(columns), row(columns.map(() => '---')), ...figures.map(f => row(cells(f)))].join('\n'),
    ...(controls.length ? [`Control: ${controls.join('; ')}.`] : []),
    notes(figures),
  ].join('\n\n')
}

const notes = (figures: readonly Figure[]): string =>
  figures.flatMap(f => (f.note ? [`- ${f.name}: ${f.note}`] : [])).join('\n')

function machine(): string {
  const cpu = `${os.cpus().length} cores ${os.cpus()[0]?.model.trim() ?? ''}`
  const memory = `${Math.round(os.totalmem() / 1e9)} GB`
  const load = `load ${os.loadavg()[1]!.toFixed(1)} (5 minutes, this run included)`
  const day = new Date().toISOString().slice(0, 10)
  return `${day}; ${cpu}, ${memory}, ${os.type()}; Node ${process.versions.node}, ${postgres()}; ${load}.`
}

function postgres(): string {
  const program = path.join(findBinaries({}, os.tmpdir()), 'bin/postgres')
  return execFileSync(program, ['--version'], { encoding: 'utf8' })
    .trim()
    .replace(/^postgres \((.*)\)/, '$1')
}
