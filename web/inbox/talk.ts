import { createContext, useContext } from 'react'

/** What the bubbles and the composer of one conversation share. */
export interface TalkTools {
  replyTo: string | undefined
  setReplyTo: (id: string | undefined) => void
}

export const Talk = createContext<TalkTools>({ replyTo: undefined, setReplyTo: () => {} })

export const useTalkTools = (): TalkTools => useContext(Talk)
