import { useCallback } from 'react'
import type { Channel } from '../../src/api/shapes.ts'
import { type Capabilities, type Place, placeAt } from '../../src/domain/capabilities.ts'
import { msg } from '../say.ts'
import { useWorld, type World } from '../state/store.ts'

const channelOf = (w: World, id: string): Channel | undefined =>
  w.channels?.find(channel => channel.id === w.conversations[id]?.channelId)

/** The channel a conversation runs on. */
export const useChannel = (id: string): Channel | undefined =>
  useWorld(useCallback((w: World) => channelOf(w, id), [id]))

/** What its messenger can carry, where the conversation is; undefined until the kinds are loaded. */
export const useCan = (id: string): Capabilities | undefined =>
  useWorld(useCallback((w: World) => placeIn(w, id)?.capabilities ?? kindOf(w, id)?.capabilities, [id]))

/** Where in its messenger the conversation is, if not in a chat. */
export const usePlace = (id: string): Place['name'] | undefined =>
  useWorld(useCallback((w: World) => placeIn(w, id)?.name, [id]))

const kindOf = (w: World, id: string) => w.kinds.find(kind => kind.kind === channelOf(w, id)?.kind)
const placeIn = (w: World, id: string) => placeAt(w.conversations[id]?.address ?? '', kindOf(w, id)?.places)

export const placeNames: Record<Place['name'], string> = {
  comment: msg('Comment'),
  group: msg('Group'),
}
