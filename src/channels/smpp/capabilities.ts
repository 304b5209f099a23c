import type { Capabilities } from '../../domain/capabilities.ts'

export const can: Capabilities = {
  // SMPP knows no limit for a text in parts but 255 of them. Ten are what operators usually let through.
  text: { max: 1530, unit: 'utf16', segments: 'gsm' },
  media: {},
  receipts: ['delivered'],
  firstMessage: 'free',
  // Each contract has its own figure (10 to 100 a second are usual); above it the centre answers "throttled".
  rate: { perSecond: 10 },
}
