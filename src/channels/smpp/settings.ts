import { z } from 'zod'
import { alphabets } from './alphabet.ts'
import { longForms } from './concat.ts'

export const settings = z.strictObject({
  baseUrl: z.url({ protocol: /^s?smpp$/ }).meta({
    title: 'Address of the message centre',
    description: 'smpp://host:2775, or ssmpp://host:3550 for TLS.',
  }),
  systemId: z.string().trim().min(1).max(64).meta({
    title: 'System ID',
    description: 'The name of your account, given by the operator.',
  }),
  password: z.string().trim().min(1).max(64).meta({
    title: 'Password',
    description: 'SMPP itself takes 8 characters; some operators take more.',
    secret: true,
  }),
  systemType: z.string().trim().max(12).default('').meta({
    title: 'System type',
    description: 'Only when the operator names one.',
  }),
  sender: z.string().trim().max(20).default('').meta({
    title: 'Sender',
    description:
      'A number (+358401234567), a short code (16400) or a name of at most 11 letters, which nobody can answer. Empty: the operator sets it.',
  }),
  addressRange: z.string().trim().max(40).default('').meta({
    title: 'Address range',
    description: 'Which numbers this account receives for; only when the operator asks for it.',
  }),
  bind: z.enum(['transceiver', 'separate']).default('transceiver').meta({
    title: 'Bind',
    description: '"separate" opens one connection for sending and one for receiving. Take it for old message centres.',
  }),
  alphabet: z.enum(alphabets).default('gsm').meta({
    title: 'Default alphabet',
    description: 'What the operator means by data_coding 0: the GSM alphabet, or Latin-1.',
  }),
  longMessages: z.enum(longForms).default('udh8').meta({
    title: 'Long messages',
    description:
      'How parts are marked: in the text header with a small or a large number, by sar fields, or as one payload.',
  }),
  messageIds: z.enum(['same', 'hexThenDecimal', 'decimalThenHex']).default('same').meta({
    title: 'Message ids',
    description:
      'Some centres write the id of a message in hexadecimal when they take it and in decimal in the receipt, or the other way round. When messages stay "sent" for ever, try the others.',
  }),
  window: z.int().min(1).max(1000).default(10).meta({
    title: 'Window',
    description: 'How many messages may be under way without an answer.',
  }),
  enquireSeconds: z.int().min(1).max(600).default(30).meta({
    title: 'Keep-alive',
    description: 'Seconds between two enquire_link.',
  }),
  answerSeconds: z.int().min(1).max(300).default(30).meta({
    title: 'Patience',
    description: 'Seconds to wait for an answer of the message centre.',
  }),
  ca: z.string().max(20_000).default('').meta({
    title: 'Certificate authority',
    description: 'PEM, when the operator signs its certificates itself.',
  }),
})

export type Settings = z.infer<typeof settings>
