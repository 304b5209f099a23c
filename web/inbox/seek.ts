import { useEffect, useState } from 'react'
import { toast } from '../parts/toast.tsx'
import { go, useRoute } from '../route.ts'
import { t } from '../say.ts'
import { readThread } from '../state/act.ts'
import type { Row } from '../state/rows.ts'
import { now } from '../state/store.ts'

/** So many pages are loaded to reach a message; one that lies farther back is not searched for. */
const mostPages = 30
const litMs = 2400

/** The address of a message: its conversation, opened there. */
export const messagePath = (conversationId: string, messageId: string): string =>
  `/inbox/${conversationId}#m${messageId}`

/** Loads older pages until the message of the address is there, shows it, and answers the key of the row to light up. */
export function useSeek(id: string, rows: readonly Row[], show: (index: number) => void): string | undefined {
  const route = useRoute()
  const wanted = route.screen === 'inbox' && route.id === id ? route.at : undefined
  const [lit, setLit] = useState<string>()
  const index = wanted ? rows.findIndex(row => row.kind === 'message' && row.message.id === wanted) : -1
  const found = rows[index]?.key
  useEffect(() => (wanted ? reach(id, wanted) : undefined), [id, wanted])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the row is there
  useEffect(() => {
    if (!found) return
    show(index)
    setLit(found)
    go(`/inbox/${id}`, 'replace')
  }, [found])
  useEffect(() => {
    const timer = lit && setTimeout(() => setLit(undefined), litMs)
    return () => clearTimeout(timer)
  }, [lit])
  return lit
}

/** Reads page after page; answers what stops it. */
function reach(id: string, message: string): () => void {
  let here = true
  const read = async () => {
    for (let page = 0; here && page < mostPages && !isLoaded(id, message); page++) {
      if (now().threads[id] && !now().threads[id]?.next) break
      await readThread(id)
    }
    if (!here || isLoaded(id, message)) return
    toast(t('This message lies too far back to be shown here.'))
    go(`/inbox/${id}`, 'replace')
  }
  read().catch(() => {})
  return () => {
    here = false
  }
}

const isLoaded = (id: string, message: string): boolean =>
  !!now().threads[id]?.items.some(item => item.type === 'message' && item.message.id === message)
