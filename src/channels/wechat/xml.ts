import { SaxesParser } from 'saxes'
import { type Json, maybe } from '../kit.ts'

const deepest = 20

interface Open {
  name: string
  words: string
  children: Json | undefined
}

/**
 * The children of the root by their names: text, or again children, or a list where a name comes twice. No document
 * types, hence no entities of their own. Throws SyntaxError on anything else than well-formed XML.
 */
export function readXml(xml: string): Json {
  const parser = new SaxesParser()
  const open: Open[] = []
  let root: Json | undefined
  const add = (words: string) => {
    const inner = open.at(-1)
    if (inner) inner.words += words
  }
  parser.on('error', refuse)
  parser.on('doctype', () => refuse(new Error('a document type is not allowed')))
  parser.on('opentag', ({ name }) => {
    if (open.push({ name, words: '', children: undefined }) > deepest) refuse(new Error('nested too deeply'))
  })
  parser.on('text', add)
  parser.on('cdata', add)
  parser.on('closetag', () => {
    const { name, words, children } = open.pop()!
    const outer = open.at(-1)
    if (!outer) {
      root = children ?? empty()
      return
    }
    outer.children ??= empty()
    put(outer.children, name, children ?? words)
  })
  parser.write(xml).close()
  return root ?? refuse(new Error('no element'))
}

function put(into: Json, name: string, value: unknown): void {
  const known = into[name]
  if (known === undefined) into[name] = value
  else if (Array.isArray(known)) known.push(value)
  else into[name] = [known, value]
}

/** Without a prototype: an element may be called `__proto__`. */
const empty = (): Json => Object.create(null) as Json

function refuse(why: Error): never {
  throw new SyntaxError(`no XML: ${why.message}`)
}

/** The lists in `<Name><List>…</List><List>…</List></Name>`, or each in a `<Name>` of its own: both are seen. */
export const itemsIn = (branch: unknown): Json[] =>
  several(branch).flatMap(each => several(maybe(each).List).map(maybe))

const several = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
