import { z } from 'zod'
import { presetNames } from './presets.ts'

const line = (title: string, description: string) =>
  z.string().trim().max(4000).default('').meta({ title, description })
const pattern = (title: string, description: string) =>
  line(title, description).refine(value => !value || isPattern(value), 'This is no regular expression.')

export const settings = z.strictObject({
  preset: z.enum(presetNames).default('custom').meta({
    title: 'Gateway',
    description: 'Fills in everything below that you leave empty.',
  }),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ title: 'Address of the gateway', description: 'Infobip: your own, https://xxxxx.api.infobip.com.' }),
  account: line('Account', 'Login or user name, as {account} below.'),
  password: z.string().trim().min(1).max(1000).meta({
    title: 'Password or API key',
    description: 'As {password} below.',
    secret: true,
  }),
  sender: line('Sender', 'A number, or a name the gateway has registered for you, as {from} below.'),
  webhookSecret: z.string().trim().min(16).max(200).meta({
    title: 'Webhook secret',
    description: 'Made up by you. Add ?secret=... with it to the webhook address you enter at the gateway.',
    secret: true,
  }),
  signingSecret: z.string().trim().min(1).max(200).optional().meta({
    title: 'Signing secret',
    description: 'When the gateway signs its receipts: what it signs with.',
    secret: true,
  }),
  method: z.enum(['', 'GET', 'POST']).default('').meta({ title: 'Method', description: 'Of the call that sends.' }),
  path: line('Path', 'Of the call that sends, behind the address: /send'),
  fields: line(
    'Fields',
    'to={to}&text={text}&from={from}&id={id}, or a JSON object with the same words. {to} is digits, {plusTo} has a plus, {coding} is 0 or 2 (UCS-2), {webhook} is where receipts go. What would be empty is left out.',
  ),
  headers: line('Headers', 'Authorization: Bearer {password}. Several with | between.'),
  success: pattern('Answer of success', 'A regular expression over the answer. Empty: any 2xx.'),
  idPath: line(
    'Message id',
    'Where the answer has it: messages.0.id, or a regular expression in slashes. {id} when receipts bring ours.',
  ),
  errorPath: line('Error code', 'Where a refusal has its code, in the same way.'),
  errors: line('Error codes', '2=auth, 9=rate, 7=invalid: auth, rate, down, invalid, blocked or unknown.'),
  check: line('Check', 'Path of a call that only works with the right password: /balance'),
  reply: line('Answer to webhooks', 'When the gateway wants certain words: ACK/Jasmin'),
  receiptList: line('Receipts: list', 'Where a webhook with many receipts has them: results'),
  receiptId: line('Receipts: message id', 'Name of the field: id'),
  receiptStatus: line('Receipts: status', 'Name of the field: status, or status.groupName'),
  receiptError: line('Receipts: error', 'Name of the field with the reason.'),
  receiptTime: line('Receipts: time', 'Name of the field.'),
  statuses: line('Receipts: words', '1=delivered, 20=failed: sent, delivered, read or failed.'),
  signatureField: line('Receipts: signature', 'Name of the field: md5'),
  signatureText: line('Receipts: what is signed', 'md5:{id}:{phone}:{status}:{secret}, with the names of the fields.'),
  inboundList: line('Messages: list', 'Where a webhook with many messages has them: results'),
  inboundId: line('Messages: id', 'Name of the field.'),
  inboundFrom: line('Messages: number', 'Name of the field with the number of the customer.'),
  inboundText: line('Messages: text', 'Name of the field.'),
  inboundTime: line('Messages: time', 'Name of the field.'),
})

export type Settings = z.infer<typeof settings>

function isPattern(value: string): boolean {
  try {
    new RegExp(value)
    return true
  } catch {
    return false
  }
}
