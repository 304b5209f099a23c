import type { Capabilities } from '../../domain/capabilities.ts'

export const can: Capabilities = {
  // Ten parts; more is refused by most gateways (SMSC.ru: 1000 characters of UCS-2).
  text: { max: 1000, unit: 'utf16', segments: 'gsm' },
  media: {},
  // SMSC.ru tells that a message was read, where the telephone does.
  receipts: ['delivered', 'read'],
  firstMessage: 'free',
  rate: { perSecond: 10 },
}
