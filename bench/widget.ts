import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Figure } from './figure.ts'

/** What a visitor of a website downloads for the chat: loader, panel and styles are one script. */
export async function widget(): Promise<Figure> {
  const file = path.join(import.meta.dirname, '../dist/widget/widget.js')
  if (!fs.existsSync(file)) throw new Error('dist/widget/widget.js is not there; run bin/bench, which builds it.')
  const script = fs.readFileSync(file)
  return {
    name: 'Website chat: loader and chat, compressed',
    value: Math.round(gzipSync(script, { level: 9 }).length / 102.4) / 10,
    unit: 'KB',
    control: { name: 'the same, not compressed', value: Math.round(script.length / 102.4) / 10 },
    target: '<= 12 KB',
    note: 'gzip -9 of dist/widget/widget.js; no other script is loaded.',
  }
}

if (import.meta.main) console.table([await widget()])
