import type { Adapter } from './contract.ts'
import { site } from './site/index.ts'
import { telegram } from './telegram/index.ts'
import { viber } from './viber/index.ts'
import { whatsapp } from './whatsapp/index.ts'

/** Every messenger Parley speaks. `bin/new-channel` adds a line. */
export const adapters: readonly Adapter[] = [site, telegram, viber, whatsapp]
