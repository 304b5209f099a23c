import type { Person } from './wire.ts'

/** Where the picker of the phones puts a messenger. */
export const groups = ['Worldwide', 'Russia', 'Asia', 'SMS and mail', 'Other'] as const
export type Group = (typeof groups)[number]

/** One messenger of the demo: what it is called, where it is at home, and who uses it. Its look is in page/looks.ts. */
export interface Role {
  name: string
  group: Group
  city: string
  person: Omit<Person, 'blocked'>
  /** How this network names a person whose number ends in these seven digits; by the whole number when absent. */
  idOf?(digits: string): string
}

const role = <P extends Role['person']>(
  [name, group, city]: [string, Group, string],
  person: P,
  idOf?: Role['idOf'],
): Role & { person: P } => ({ name, group, city, person, ...(idOf && { idOf }) })

const hex = (digits: string) => Number(digits).toString(16)

/** In the order of the phones. A messenger that is not here still gets a phone, with a stranger as its owner. */
export const cast = {
  whatsapp: role(['WhatsApp', 'Worldwide', 'Helsinki'], {
    id: '358405550101',
    name: 'Katja',
    phone: '358405550101',
    language: 'en',
  }),
  telegram: role(
    ['Telegram', 'Worldwide', 'Saint Petersburg'],
    { id: '710044202', name: 'Дмитрий', username: 'dm_orlov', phone: '79215550134', language: 'ru' },
    digits => `71${digits}`,
  ),
  viber: role(['Viber', 'Worldwide', 'Helsinki'], {
    id: '358505550177',
    name: 'Päivi',
    phone: '358505550177',
    language: 'fi',
  }),
  messenger: role(
    ['Messenger', 'Worldwide', 'Manila'],
    { id: '7412098365021177', name: 'Liza Santos', phone: '639175550112', language: 'en' },
    digits => `741209836${digits}`,
  ),
  instagram: role(
    ['Instagram', 'Worldwide', 'Chicago'],
    { id: '1784140055501', name: 'Nora Bennett', username: 'nora.bakes', phone: '13125550148', language: 'en' },
    digits => `178414${digits}`,
  ),
  vk: role(
    ['VK', 'Russia', 'Moscow'],
    { id: '152004417', name: 'Анна Лебедева', username: 'anna_lebedeva', phone: '79165550119', language: 'ru' },
    digits => `15${digits}`,
  ),
  ok: role(
    ['OK', 'Russia', 'Moscow'],
    { id: '585628274986', name: 'Галина Фомина', phone: '79035550126', language: 'ru' },
    digits => `58562${digits}`,
  ),
  max: role(
    ['MAX', 'Russia', 'Moscow'],
    { id: '48210077', name: 'Илья Громов', username: 'gromov', phone: '79255550163', language: 'ru' },
    digits => `4${digits}`,
  ),
  line: role(
    ['LINE', 'Asia', 'Tokyo'],
    { id: 'U4af4980629a84c0bb0f1d6e2a55501c7', name: '佐藤 美咲', phone: '819055550142', language: 'ja' },
    digits => `U4af4980629a84c0bb0f1d6e2a${digits}`,
  ),
  wechat: role(
    ['WeChat', 'Asia', 'Shanghai'],
    { id: 'oR5GjjgEhCMJFyzaVZdrxZ55501c', name: '王晓琳', phone: '8613855550107', language: 'zh' },
    digits => `oR5GjjgEhCMJFyzaVZdrx${digits}`,
  ),
  wecom: role(
    ['WeCom', 'Asia', 'Shanghai'],
    { id: 'wmAbcdEAAAQeRr0cXyzShanghai55501', name: '陈浩', phone: '8613955550188', language: 'zh' },
    digits => `wmAbcdEAAAQeRr0cXyzShang${hex(digits)}`,
  ),
  twilio: role(['Twilio SMS', 'SMS and mail', 'Chicago'], {
    id: '13125550171',
    name: 'Marcus Reed',
    phone: '13125550171',
    language: 'en',
  }),
  vonage: role(['Vonage SMS', 'SMS and mail', 'Chicago'], {
    id: '17735550136',
    name: 'Grace Kim',
    phone: '17735550136',
    language: 'en',
  }),
  smpp: role(['SMPP', 'SMS and mail', 'Manila'], {
    id: '639285550164',
    name: 'Joel Cruz',
    phone: '639285550164',
    language: 'en',
  }),
  'sms-gateway': role(['SMS gateway', 'SMS and mail', 'Helsinki'], {
    id: '358445550159',
    name: 'Tuomas',
    phone: '358445550159',
    language: 'fi',
  }),
  email: role(
    ['E-mail', 'SMS and mail', 'Chicago'],
    { id: 'ellen.brooks@lakeside.example', name: 'Ellen Brooks', phone: '13125550183', language: 'en' },
    digits => `guest${digits}@lakeside.example`,
  ),
} as const satisfies Record<string, Role>

/** What is known of a messenger; of one that is not in the cast, its kind. */
export const roleOf = (kind: string): Omit<Role, 'person'> & { person?: Role['person'] } =>
  (cast as Record<string, Role>)[kind] ?? { name: kind, group: 'Other', city: '' }
