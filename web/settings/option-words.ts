import { msg, tKey } from '../say.ts'

/** Choices whose keys are abbreviations or half a sentence. */
const words: Readonly<Record<string, string>> = {
  '': msg('As the gateway usually has it'),
  custom: msg('Another one'),
  callback: msg('Callback: VK calls Parley'),
  longpoll: msg('Long poll: Parley asks VK'),
  transceiver: msg('One connection for both directions'),
  separate: msg('One connection each way'),
  gsm: msg('GSM alphabet'),
  udh8: msg('In the text header, small number'),
  udh16: msg('In the text header, large number'),
  sar: msg('In the sar fields'),
  payload: msg('As one payload'),
  same: msg('The same in both'),
  hexThenDecimal: msg('Hexadecimal, then decimal'),
  decimalThenHex: msg('Decimal, then hexadecimal'),
  md5hash: msg('MD5 hash'),
}

/** Names, the same in every language. */
const names: Readonly<Record<string, string>> = {
  smsc: 'SMSC',
  infobip: 'Infobip',
  kannel: 'Kannel',
  GET: 'GET',
  POST: 'POST',
  latin1: 'Latin-1',
  md5: 'HMAC MD5',
  sha1: 'HMAC SHA-1',
  sha256: 'HMAC SHA-256',
  sha512: 'HMAC SHA-512',
}

/** A choice of a setting in words. */
export const optionWords = (option: string): string => names[option] ?? tKey(words, option)
