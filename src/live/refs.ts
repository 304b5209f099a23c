import type { Change } from '../api/shapes.ts'

/** Which things a frame changed. This is what is kept; their state is read when somebody catches up. */
export interface Refs {
  message?: string[]
  conversation?: string[]
  note?: string[]
  happening?: string[]
  channel?: string[]
}

export function refsOf(changes: readonly Change[]): Refs {
  const refs: Refs = {}
  for (const change of changes) {
    if (change.type === 'typing') continue
    const list = refs[change.type] ?? []
    refs[change.type] = list
    list.push(idOf(change))
  }
  return refs
}

export function idOf(change: Exclude<Change, { type: 'typing' }>): string {
  switch (change.type) {
    case 'message':
      return change.message.id
    case 'conversation':
      return change.conversation.id
    case 'note':
      return change.note.id
    case 'happening':
      return change.happening.id
    case 'channel':
      return change.channelId
  }
}

/** All refs of several frames, each thing once, in the order of its last change. */
export function merged(all: readonly Refs[]): Refs {
  const out: Refs = {}
  for (const kind of ['message', 'conversation', 'note', 'happening', 'channel'] as const) {
    const ids = new Set<string>()
    for (const refs of all)
      for (const id of refs[kind] ?? []) {
        ids.delete(id)
        ids.add(id)
      }
    if (ids.size) out[kind] = [...ids]
  }
  return out
}
