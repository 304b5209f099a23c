import type { Capabilities } from '../../domain/capabilities.ts'

/** What the network can carry. What is not named here is refused or replaced before it reaches `send`. */
export const can: Capabilities = {
  text: { max: 1000, unit: 'codepoints' },
  media: {},
  receipts: [],
  firstMessage: 'never',
  rate: { perSecond: 1 },
}
