import type { World } from '../world.ts'

/** As long as SMPP's fields allow: 15 and 8 characters. */
export const systemIdOf = ({ account }: World): string => `esme${account.id}`.slice(0, 15)
export const passwordOf = ({ account }: World): string => account.secret.slice(-8)
