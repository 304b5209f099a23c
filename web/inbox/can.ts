import { useCallback } from 'react'
import type { Channel } from '../../src/api/shapes.ts'
import type { Capabilities } from '../../src/domain/capabilities.ts'
import { useWorld, type World } from '../state/store.ts'

const channelOf = (w: World, id: string): Channel | undefined =>
  w.channels?.find(channel => channel.id === w.conversations[id]?.channelId)

/** The channel a conversation runs on. */
export const useChannel = (id: string): Channel | undefined =>
  useWorld(useCallback((w: World) => channelOf(w, id), [id]))

/** What its messenger can carry; undefined until the kinds are loaded. */
export const useCan = (id: string): Capabilities | undefined =>
  useWorld(useCallback((w: World) => w.kinds.find(kind => kind.kind === channelOf(w, id)?.kind)?.capabilities, [id]))
