import type { Settings } from './settings.ts'

export const presetNames = ['custom', 'smsc', 'infobip', 'kannel'] as const

/** What a preset fills in. */
type Preset = Partial<Omit<Settings, 'preset' | 'password' | 'webhookSecret' | 'signingSecret'>>

const smsc: Preset = {
  baseUrl: 'https://smsc.ru',
  method: 'POST',
  path: '/sys/send.php',
  fields: 'login={account}&psw={password}&phones={to}&mes={text}&sender={from}&charset=utf-8&fmt=3',
  success: '"id"\\s*:',
  idPath: 'id',
  errorPath: 'error_code',
  // 3: no money on the account; 4: the address is blocked for too many errors; 9: too many equal calls a minute.
  errors: '1=invalid, 2=auth, 3=auth, 4=rate, 5=invalid, 6=invalid, 7=invalid, 8=invalid, 9=rate',
  check: '/sys/balance.php?login={account}&psw={password}&fmt=3',
  receiptId: 'id',
  receiptStatus: 'status',
  receiptError: 'err',
  receiptTime: 'ts',
  statuses:
    '-1=sent, 0=sent, 1=delivered, 2=read, 4=delivered, -3=failed, 3=failed, 20=failed, 22=failed, 23=failed, 24=failed, 25=failed',
  signatureField: 'md5',
  signatureText: 'md5:{id}:{phone}:{status}:{secret}',
  inboundId: 'sms_id',
  inboundFrom: 'phone',
  inboundText: 'mes',
  inboundTime: 'ts',
}

const infobip: Preset = {
  method: 'POST',
  path: '/sms/3/messages',
  headers: 'Authorization: App {password} | Accept: application/json',
  fields: JSON.stringify({
    messages: [
      {
        sender: '{from}',
        destinations: [{ to: '{to}', messageId: '{id}' }],
        content: { text: '{text}' },
        webhooks: { delivery: { url: '{webhook}' } },
      },
    ],
  }),
  success: '"groupId"\\s*:\\s*[13]\\b',
  idPath: 'messages.0.messageId',
  errorPath: 'messages.0.status.groupName',
  errors: 'REJECTED=invalid, UNDELIVERABLE=invalid, EXPIRED=invalid',
  check: '/account/1/balance',
  receiptList: 'results',
  receiptId: 'messageId',
  receiptStatus: 'status.groupName',
  receiptError: 'error.name',
  receiptTime: 'doneAt',
  statuses: 'PENDING=sent, DELIVERED=delivered, EXPIRED=failed, REJECTED=failed, UNDELIVERABLE=failed',
  inboundList: 'results',
  inboundId: 'messageId',
  inboundFrom: 'from',
  inboundText: 'text',
  inboundTime: 'receivedAt',
}

const kannel: Preset = {
  method: 'GET',
  path: '/cgi-bin/sendsms',
  fields:
    'username={account}&password={password}&from={from}&to={to}&text={text}&charset=UTF-8&coding={coding}&dlr-mask=27&dlr-url={webhook}%26receipt={id}%26status=%25d',
  success: '^[03]:',
  idPath: '{id}',
  receiptId: 'receipt',
  receiptStatus: 'status',
  receiptTime: 'time',
  statuses: '1=delivered, 2=failed, 4=sent, 8=sent, 16=failed',
  inboundId: 'id',
  inboundFrom: 'from',
  inboundText: 'text',
  inboundTime: 'time',
}

const presets: Record<(typeof presetNames)[number], Preset> = { custom: {}, smsc, infobip, kannel }

export type Filled = Settings & { baseUrl: string }

/** The settings with what the preset says where they say nothing. */
export function filled(settings: Settings): Filled {
  const own = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== '' && value !== undefined))
  return { ...settings, baseUrl: '', ...presets[settings.preset], ...own } as Filled
}
