/**
 * The part of Preact that the chat needs, in a fifth of its bytes: the build puts this in its place (vite.config.ts),
 * the types stay Preact's. Function components without hooks, keyed children, properties compared before they are set.
 */

type Child = VNode | string | number | boolean | null | undefined | Child[]
type Props = Record<string, unknown> & { children?: Child }
interface VNode {
  type: string | ((props: Props) => Child)
  props: Props
  key: unknown
}
/** An element or a text that is to be there, under a key that is the same the next time. */
interface Leaf {
  key: string
  type: string
  props: Props
}
interface Standing extends Leaf {
  node: Node
}

const standing = new WeakMap<Node, Standing[]>()

export const jsx = (type: VNode['type'], props: Props, key?: unknown): VNode => ({ type, props, key })
export { jsx as h, jsx as jsxs }
export const Fragment = ({ children }: Props): Child => children

/** Makes `root` hold exactly this, changing only what differs from the last time. */
export const render = (what: Child, root: Node): void => patch(root, leaves(what, ''))

/** Components called, fragments opened. What is absent keeps its place, so that its neighbours keep their keys. */
function leaves(child: Child, key: string): Leaf[] {
  if (child === null || child === undefined || typeof child === 'boolean') return []
  if (Array.isArray(child)) return child.flatMap((c, n) => leaves(c, `${key}.${keyOf(c) ?? n}`))
  if (typeof child !== 'object') return [{ key, type: '', props: { text: String(child) } }]
  if (typeof child.type === 'function') return leaves(child.type(child.props), `${key}/`)
  return [{ key, type: child.type, props: child.props }]
}

const keyOf = (child: Child): unknown => (child as VNode | null)?.key

function patch(parent: Node, wanted: Leaf[]): void {
  const before = new Map(standing.get(parent)?.map(old => [old.key + old.type, old]))
  const now = wanted.map(leaf => {
    const id = leaf.key + leaf.type
    const old = before.get(id)
    before.delete(id)
    return { ...leaf, node: old?.node ?? create(leaf), old: old?.props ?? {} }
  })
  // Gone ones first: then what stays is never moved, and keeps its focus, its scroll and its playing.
  for (const { node } of before.values()) parent.removeChild(node)
  now.forEach(({ node, props, old }, n) => {
    if (parent.childNodes[n] !== node) parent.insertBefore(node, parent.childNodes[n] ?? null)
    for (const name in { ...old, ...props }) if (props[name] !== old[name]) set(node, name, props[name])
    if (node instanceof Element) patch(node, leaves(props.children, ''))
  })
  standing.set(parent, now)
}

const create = ({ type }: Leaf): Node =>
  !type
    ? document.createTextNode('')
    : /^(svg|path)$/.test(type)
      ? document.createElementNS('http://www.w3.org/2000/svg', type)
      : document.createElement(type)

function set(node: Node, name: string, value: unknown): void {
  if (name === 'children') return
  if (name === 'text') node.nodeValue = value as string
  // As properties, functions are no inline scripts to a CSP.
  else if (/^on|^defaultValue$/.test(name))
    Object.assign(node, { [name === 'defaultValue' ? name : name.toLowerCase()]: value })
  else if (value === undefined || (value === false && !name.startsWith('aria-')))
    (node as Element).removeAttribute(name)
  else (node as Element).setAttribute(name, value === true && !name.startsWith('aria-') ? '' : String(value))
}
