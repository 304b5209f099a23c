import { useCallback, useEffect } from 'react'
import { readTemplates } from '../state/act.ts'
import { useWorld, type World } from '../state/store.ts'
import type { Template } from './template-text.ts'

/** The templates of a channel: undefined while they are asked for, null when the list could not be had. */
export function useTemplates(channelId: string | undefined): readonly Template[] | null | undefined {
  const templates = useWorld(useCallback((w: World) => (channelId ? w.templates[channelId] : undefined), [channelId]))
  useEffect(() => {
    if (channelId && templates === undefined) void readTemplates(channelId)
  }, [channelId, templates])
  return templates
}
