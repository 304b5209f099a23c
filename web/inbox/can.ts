import { useCallback } from 'react'
import type { Channel } from '../../src/api/shapes.ts'
import { type Capabilities, placeAt } from '../../src/domain/capabilities.ts'
import { msg, t } from '../say.ts'
import { type ChannelKind, useWorld, type World } from '../state/store.ts'

const channelOf = (w: World, id: string): Channel | undefined =>
  w.channels?.find(channel => channel.id === w.conversations[id]?.channelId)

/** The channel a conversation runs on. */
export const useChannel = (id: string): Channel | undefined =>
  useWorld(useCallback((w: World) => channelOf(w, id), [id]))

/** What its messenger can carry, where the conversation is; undefined until the kinds are loaded. */
export const useCan = (id: string): Capabilities | undefined =>
  useWorld(useCallback((w: World) => placeIn(w, id)?.capabilities ?? kindOf(w, id)?.capabilities, [id]))

/** Where in its messenger the conversation is, as far as that needs to be told. */
export const usePlace = (id: string): string =>
  useWorld(useCallback((w: World) => placeWords(w.conversations[id]?.address ?? '', kindOf(w, id)), [id]))

export function placeWords(address: string, kind: ChannelKind | undefined): string {
  const words = placeNames[placeAt(address, kind?.places)?.name ?? 'chat']
  return words ? t(words) : ''
}

/** A group has a title and members anyway. */
const placeNames: Partial<Record<string, string>> = { comment: msg('Comment') }

const kindOf = (w: World, id: string) => w.kinds.find(kind => kind.kind === channelOf(w, id)?.kind)
const placeIn = (w: World, id: string) => placeAt(w.conversations[id]?.address ?? '', kindOf(w, id)?.places)
