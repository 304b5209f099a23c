import fs from 'node:fs'
import path from 'node:path'
import { parseSync } from 'vite'

/** The repository's own sources, read as a tree of syntax: what the rules of the house are checked against. */

export const root = path.resolve(import.meta.dirname, '..')

export interface Source {
  /** From the root, with forward slashes. */
  file: string
  text: string
  lines: number
}

export interface Import {
  /** What is imported: a path from the root for our own files, else as written. */
  of: string
  own: boolean
}

export interface Made {
  name: string
  /** Of its first line. */
  line: number
  /** Of its own: functions inside it that take several lines are counted for themselves. */
  lines: number
  parameters: Parameter[]
  exported: boolean
}
export interface Parameter {
  name: string
  boolean: boolean
}

interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

/** All sources of these folders (or files), without tests unless asked by `tests`. */
export function sources(pattern: string): Source[] {
  return fs
    .globSync(pattern, { cwd: root, exclude: name => /(^|\/)(node_modules|dist|fixtures)$/.test(name) })
    .map(file => file.split(path.sep).join('/'))
    .sort()
    .map(file => {
      const text = fs.readFileSync(path.join(root, file), 'utf8')
      return { file, text, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0) }
    })
}

export const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file)

const trees = new Map<string, Node>()

export function tree(source: Source): Node {
  const known = trees.get(source.file)
  if (known) return known
  const { program, errors } = parseSync(source.file, source.text)
  if (errors.length) throw new Error(`${source.file} cannot be read: ${errors[0]!.message}`)
  trees.set(source.file, program as unknown as Node)
  return program as unknown as Node
}

/** Every node below, with what it stands in. */
export function* walk(node: Node, above: Node[] = []): Generator<{ node: Node; above: Node[] }> {
  yield { node, above }
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child, [...above, node])
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

/** Imports and re-exports, also those that are asked for at run time by a plain string. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = []
  for (const { node } of walk(tree(source))) {
    const from = /^(Import|ExportNamed|ExportAll)(Declaration|Expression)$/.test(node.type) ? node.source : undefined
    const of = isNode(from) ? from.value : undefined
    if (typeof of !== 'string') continue
    const own = of.startsWith('.')
    found.push({ own, of: own ? path.posix.join(path.posix.dirname(source.file), of) : of })
  }
  return found
}

/** Every function of a file, also those in methods, objects and variables. */
export function functionsOf(source: Source): Made[] {
  const made: Made[] = []
  for (const { node, above } of walk(tree(source))) {
    if (!isFunction(node)) continue
    const first = lineAt(source.text, node.start)
    made.push({
      name: nameOf(node, above),
      line: first,
      lines: linesOf(source, node) - withinOf(source, node),
      parameters: (node.params as Node[]).map(parameterOf),
      exported: above.at(-1)?.type === 'ExportNamedDeclaration' || above.at(-4)?.type === 'ExportNamedDeclaration',
    })
  }
  return made
}

const isFunction = (node: Node): boolean =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type) && Boolean(node.body)

const linesOf = (source: Source, node: Node): number =>
  lineAt(source.text, node.end) - lineAt(source.text, node.start) + 1

/** The lines between the first and the last of each function inside, the outermost ones only. */
function withinOf(source: Source, node: Node): number {
  let lines = 0
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) lines += isFunction(child) ? Math.max(0, linesOf(source, child) - 2) : withinOf(source, child)
  return lines
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

function nameOf(node: Node, above: Node[]): string {
  const holder = above.at(-1)!
  const named = (node.id ?? holder.id ?? holder.key) as { name?: string } | undefined
  return named?.name ?? '(unnamed)'
}

function parameterOf(node: Node): Parameter {
  const target = (node.type === 'AssignmentPattern' ? node.left : node) as Node
  const annotation = (target.typeAnnotation as Node | undefined)?.typeAnnotation as Node | undefined
  const given = (node.type === 'AssignmentPattern' ? node.right : undefined) as Node | undefined
  return {
    name: (target.name as string | undefined) ?? '{…}',
    boolean: annotation?.type === 'TSBooleanKeyword' || typeof given?.value === 'boolean',
  }
}

/** The text literals of a file, with the node each stands in. */
export function* literalsOf(source: Source): Generator<{ value: string; line: number; within: Node; above: Node[] }> {
  for (const { node, above } of walk(tree(source)))
    if (node.type === 'Literal' && typeof node.value === 'string')
      yield { value: node.value, line: lineAt(source.text, node.start), within: above.at(-1)!, above }
}

/** The source text of a node. */
export const textOf = (source: Source, node: unknown): string =>
  isNode(node) ? source.text.slice(node.start, node.end) : ''
