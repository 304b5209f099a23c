import { useCallback } from 'react'
import { writeDrafts } from '../state/drafts.ts'
import { change, useWorld, type World } from '../state/store.ts'

function keepDraft(key: string, text: string): void {
  change(w => {
    const { [key]: _, ...others } = w.drafts
    const drafts = text ? { ...others, [key]: text } : others
    writeDrafts(drafts)
    return { ...w, drafts }
  })
}

export type Mode = 'message' | 'note'

/** What is being written here, kept until it is sent. */
export function useDraft(id: string, mode: Mode): [string, (text: string) => void] {
  const key = mode === 'note' ? `note:${id}` : id
  const text = useWorld(useCallback((w: World) => w.drafts[key] ?? '', [key]))
  return [text, useCallback((next: string) => keepDraft(key, next), [key])]
}
