import type { Channel, Conversation, Message, ThreadItem } from '../../src/api/shapes.ts'

type Part = Message['parts'][number]
const minute = 60_000
const start = Date.now()
export const ago = (minutes: number) => new Date(start - minutes * minute).toISOString()

export const agents = [
  { id: '1', name: 'Aino Korhonen', email: 'aino@rowanrye.example', role: 'owner' as const, joined: true },
  { id: '2', name: 'Sofia Petrova', email: 'sofia@rowanrye.example', role: 'admin' as const, joined: true },
  { id: '3', name: 'Mikko Virtanen', email: 'mikko@rowanrye.example', role: 'agent' as const, joined: true },
  { id: '4', name: 'Leena Aalto', email: 'leena@rowanrye.example', role: 'agent' as const, joined: false },
]

const bars = [0, 0, 0, 0, 1, 2, 5, 8, 12, 14, 16, 18, 17, 16, 14, 13, 12, 14, 9, 7, 6, 4, 2, 1]
const health = (over: Partial<Channel['health']> = {}): Channel['health'] => ({
  state: 'well',
  lastInAt: ago(4),
  lastOutAt: ago(9),
  problems: [],
  received: 212,
  sent: 187,
  failed: 0,
  rejected: 0,
  unsupported: 0,
  quarantined: 0,
  hours: bars,
  ...over,
})

const channel = (
  id: string,
  kind: string,
  name: string,
  account: string,
  h: Partial<Channel['health']> = {},
): Channel => ({
  id,
  kind,
  name,
  account,
  webhookUrl: `https://talk.rowanrye.example/hooks/${id}`,
  settings: { token: '•••• 3fQa', baseUrl: 'https://api.example' },
  health: health(h),
  createdAt: ago(90000),
})

export const channels: Channel[] = [
  channel('1', 'whatsapp', 'Orders line', '+358 40 555 0100'),
  channel('2', 'telegram', 'Shop bot', '@rowanrye_bot', {
    lastInAt: ago(19),
    lastOutAt: ago(120),
    received: 96,
    sent: 81,
  }),
  channel('3', 'viber', 'Rowan & Rye', 'rowanrye', {
    state: 'watch',
    received: 18,
    sent: 16,
    unsupported: 2,
    lastInAt: ago(185),
    problems: [
      { code: 'quiet', detail: 'Nothing came in for 3 hours; at this hour usually 20 messages do.', at: ago(10) },
    ],
  }),
  channel('4', 'site', 'Website', 'rowanrye.example', {
    lastInAt: ago(11),
    lastOutAt: ago(60),
    received: 57,
    sent: 52,
  }),
  channel('5', 'email', 'E-mail', 'tilaus@rowanrye.example', {
    state: 'alarm',
    received: 31,
    sent: 12,
    failed: 2,
    quarantined: 1,
    problems: [
      { code: 'auth', detail: 'Refused since 12:40: the password is no longer accepted. 2 answers wait.', at: ago(40) },
    ],
  }),
  channel('6', 'vk', 'VK', 'vk.example/rowanrye', { received: 44, sent: 39 }),
]

export const conversations: Conversation[] = []
export const threads = new Map<string, ThreadItem[]>()
let nextId = 1000
export const newId = () => String(++nextId)

interface Person {
  name: string
  channel: string
  words?: Part[]
  minutes: number
  wait?: number
  unread?: number
  agent?: number
  out?: Partial<Message>
  status?: Conversation['status']
}

const text = (words: string): Part => ({ type: 'text', text: words })
const people: Person[] = [
  {
    name: 'Дмитрий Соколов',
    channel: '2',
    words: [text('А бородинский без солода бывает?')],
    minutes: 19,
    wait: 19,
    unread: 1,
  },
  {
    name: 'Visitor from Espoo',
    channel: '4',
    words: [text('Do you deliver on Sundays?')],
    minutes: 11,
    wait: 11,
    unread: 1,
  },
  {
    name: 'Оксана Мельник',
    channel: '3',
    words: [{ type: 'voice', url: '/api/v1/media/voice', seconds: 41 }],
    minutes: 8,
    wait: 8,
    unread: 3,
    agent: 1,
  },
  {
    name: 'Juhani Heikkinen',
    channel: '5',
    words: [text('Tarjouspyyntö: 40 korvapuustia perjantaiksi')],
    minutes: 2,
    wait: 2,
    unread: 1,
  },
  { name: 'Алина Воронова', channel: '6', words: [text('А на субботу есть места?')], minutes: 30, agent: 0 },
  {
    name: 'Tomoko Mori',
    channel: '1',
    words: [{ type: 'image', url: '/api/v1/media/1', caption: 'ready and boxed' }],
    minutes: 50,
    agent: 0,
    out: { status: 'read' },
  },
  {
    name: '+358 45 555 0188',
    channel: '1',
    words: [text('Your order is ready')],
    minutes: 66,
    agent: 0,
    out: { status: 'failed', failure: { why: 'blocked', detail: 'This number is not on WhatsApp' } },
  },
  {
    name: 'Linnea Berg',
    channel: '4',
    words: [
      {
        type: 'choices',
        prompt: 'Which day suits you?',
        choices: [
          { id: 'a', label: 'Friday' },
          { id: 'b', label: 'Saturday' },
        ],
      },
    ],
    minutes: 95,
    out: { status: 'delivered', author: { type: 'bot', id: null, name: 'Cake order' } },
  },
  {
    name: 'Рустам Каримов',
    channel: '2',
    words: [text('Спасибо, ждём вас в пятницу с 9')],
    minutes: 140,
    agent: 2,
    out: { status: 'read' },
  },
  {
    name: 'Pekka Kallio',
    channel: '1',
    words: [text('Did you get the invoice?')],
    minutes: 170,
    agent: 2,
    out: { status: 'unknown' },
  },
  {
    name: 'Sanna Tuominen',
    channel: '3',
    words: [{ type: 'location', lat: 60.187, lon: 24.96, name: 'Hämeentie 31' }],
    minutes: 215,
    agent: 1,
  },
  {
    name: 'Markku Grönroos',
    channel: '5',
    words: [text('Lasku 2025-118 liitteenä, kiitos!')],
    minutes: 2900,
    agent: 1,
    out: { status: 'delivered' },
  },
]

const incoming = (id: string, person: Person): Message => ({
  id: newId(),
  conversationId: id,
  direction: 'in',
  author: { type: 'contact', id, name: person.name },
  parts: person.words ?? [text('Hello, are you open?')],
  status: 'received',
  externalId: `x${id}`,
  at: ago(person.minutes),
})

export function lastOf(message: Message, words: string): NonNullable<Conversation['lastMessage']> {
  return {
    id: message.id,
    direction: message.direction,
    author: message.author.name,
    kind: message.parts[0]?.type ?? 'text',
    text: words,
    status: message.status,
    at: message.at,
  }
}

export const wordsOf = (p: Part | undefined): string =>
  !p
    ? ''
    : p.type === 'text'
      ? p.text
      : p.type === 'choices'
        ? p.prompt
        : 'caption' in p && p.caption
          ? p.caption
          : p.type === 'location'
            ? (p.name ?? '')
            : ''

function add(id: string, person: Person): Conversation {
  const base = incoming(id, person)
  const us = {
    direction: 'out' as const,
    author: { type: 'agent' as const, id: agents[person.agent ?? 0]!.id, name: agents[person.agent ?? 0]!.name },
  }
  const message = person.out ? { ...base, ...us, ...person.out } : base
  threads.set(id, [{ type: 'message', message }])
  const c: Conversation = {
    id,
    channelId: person.channel,
    contact: {
      id,
      name: person.name,
      identities: [{ channelId: person.channel, address: `+358 40 555 0${100 + Number(id)}` }],
    },
    address: `+358 40 555 0${100 + Number(id)}`,
    status: person.status ?? 'open',
    assignee: person.agent === undefined ? null : { id: agents[person.agent]!.id, name: agents[person.agent]!.name },
    team: null,
    unread: person.unread ?? 0,
    optedOut: false,
    lastInAt: ago(person.minutes + 5),
    waitingSince: person.wait ? ago(person.wait) : null,
    lastMessageAt: message.at,
    lastMessage: lastOf(message, wordsOf(message.parts[0])),
  }
  conversations.push(c)
  return c
}

function addKatja(): void {
  add('1', { name: 'Katja Lindholm', channel: '1', minutes: 4, wait: 4, unread: 2, agent: 0 })
  threads.set('1', katja())
  const c = conversations[0]!
  c.contact.identities.push(
    { channelId: '2', address: '@katja_lind', username: 'katja_lind' },
    { channelId: '5', address: 'katja.lindholm@posti.example' },
  )
  c.lastInAt = ago(23 * 60 + 18)
  const last = threads.get('1')!.at(-1)!
  if (last.type === 'message') c.lastMessage = lastOf(last.message, wordsOf(last.message.parts[0]))
}

function katja(): ThreadItem[] {
  const items: ThreadItem[] = []
  const say = (minutes: number, parts: Part[], over: Partial<Message> = {}): string => {
    const id = newId()
    items.push({
      type: 'message',
      message: {
        id,
        conversationId: '1',
        direction: 'in',
        author: { type: 'contact', id: '1', name: 'Katja Lindholm' },
        parts,
        status: 'received',
        externalId: `wamid.${id}`,
        at: ago(minutes),
        ...over,
      },
    })
    return id
  }
  const aino = {
    direction: 'out' as const,
    author: { type: 'agent' as const, id: '1', name: 'Aino Korhonen' },
    status: 'read' as const,
  }
  const d = 3 * 1440
  for (let i = 0; i < 120; i++)
    say(
      d + 4000 - i * 10,
      [text(`Earlier words number ${i + 1}. ${'The bread was lovely. '.repeat(i % 4)}`)],
      i % 3 ? {} : aino,
    )
  items.push({
    type: 'happening',
    happening: {
      id: 'c1',
      conversationId: '1',
      what: 'closed',
      by: 'Aino Korhonen',
      cause: 'agent',
      at: ago(d + 2000),
    },
  })
  items.push({
    type: 'happening',
    happening: {
      id: 'r1',
      conversationId: '1',
      what: 'reopened',
      by: 'Katja Lindholm',
      cause: 'message',
      at: ago(d + 1),
    },
  })
  say(d, [text('Hei! Could you make a rye layer cake for Saturday? Twelve people, my mother turns seventy 🎂')])
  const pic = (n: number, caption?: string): Part => ({
    type: 'image',
    url: `/api/v1/media/${n}`,
    mime: 'image/svg+xml',
    width: 200,
    height: 200,
    album: 'a',
    ...(caption && { caption }),
  })
  const album = say(d - 1, [
    pic(1, 'Like the first one, but with lingonberries. And korvapuusti for the children'),
    pic(2),
    pic(3),
  ])
  const q = say(
    d - 1,
    [
      {
        type: 'choices',
        prompt: 'With pleasure! Which filling would she like?',
        choices: [
          { id: 'l', label: 'Lingonberry cream' },
          { id: 'c', label: 'Cloudberry' },
          { id: 'b', label: 'Ask a baker' },
        ],
      },
    ],
    { ...aino, author: { type: 'bot', id: null, name: 'Cake order' } },
  )
  say(d - 2, [{ type: 'chosen', choice: 'l', label: 'Lingonberry cream' }], { replyTo: q })
  items.push({
    type: 'happening',
    happening: {
      id: 'a1',
      conversationId: '1',
      what: 'assigned',
      by: 'Sofia Petrova',
      agent: 'Aino Korhonen',
      cause: 'agent',
      at: ago(d - 3),
    },
  })
  items.push({
    type: 'note',
    note: {
      id: newId(),
      conversationId: '1',
      author: { id: '1', name: 'Aino Korhonen' },
      text: '@Mikko the 26 cm ring is still in Töölö, can you bring it on Friday? Her father can’t have nuts: no almond flour in the base.',
      at: ago(d - 7),
    },
  })
  say(
    d - 10,
    [
      text(
        'Lovely, that is our Rowan cake. 26 cm feeds twelve well. Shall I write something on it? See https://rowanrye.example/cakes',
      ),
    ],
    { ...aino, replyTo: album, reactions: [{ emoji: '❤️', by: 'contact', name: 'Katja Lindholm' }] },
  )
  say(
    d - 13,
    [
      {
        type: 'order',
        items: [
          { product: 'c', name: 'Rye layer cake, 26 cm', quantity: 1, price: 58 },
          { product: 'l', name: 'Lettering, “70 vuotta”', quantity: 1, price: 6 },
        ],
        currency: 'EUR',
      },
    ],
    aino,
  )
  say(600, [{ type: 'location', lat: 60.1841, lon: 24.9265, name: 'Töölö shop', address: 'Runeberginkatu 40' }], {
    editedAt: ago(599),
  })
  say(599, [
    { type: 'contact', name: 'Marjatta Lindholm', phones: ['+358 40 555 0177'], emails: ['marjatta@posti.example'] },
  ])
  say(598, [
    {
      type: 'poll',
      question: 'Which bread for the table?',
      options: [
        { label: 'Rye', votes: 3 },
        { label: 'Barley', votes: 1 },
        { label: 'Oat', votes: 0 },
      ],
    },
  ])
  say(597, [{ type: 'form', name: 'Delivery', fields: { street: 'Hämeentie 31', floor: '4', door_code: '1234' } }])
  say(596, [{ type: 'unsupported', what: 'wall poll answer' }])
  say(595, [{ type: 'system', what: 'missed-call' }])
  say(594, [{ type: 'template', name: 'order_ready', language: 'fi', values: ['Katja', 'R-2047'] }], aino)
  say(590, [{ type: 'video', url: '/api/v1/media/video', seconds: 12, mime: 'video/mp4' }])
  say(585, [{ type: 'image', url: '', state: 'pending' }])
  say(584, [
    { type: 'file', url: '', state: 'failed', failure: 'The provider no longer has this file', name: 'list.xlsx' },
  ])
  say(580, [], { deletedAt: ago(579) })
  say(23, [{ type: 'voice', url: '/api/v1/media/voice', seconds: 23 }])
  say(20, [text('Selvä, “70 vuotta” ja Marjatta, punaisella')], { ...aino, status: 'unknown' })
  say(
    19,
    [{ type: 'file', url: '/api/v1/media/9', name: 'Allergens-2025.pdf', bytes: 112e6, mime: 'application/pdf' }],
    { ...aino, status: 'failed', failure: { why: 'invalid', detail: 'WhatsApp takes files up to 100 MB' } },
  )
  say(5, [text('Kiitos, ihanaa!')])
  say(4, [text('And may I collect at 10 instead of 10:30? We leave for Tampere right after')])
  return items
}

addKatja()
for (const [i, person] of people.entries()) add(String(i + 2), person)
const first = ['Aada', 'Boris', 'Chloé', 'Daniel', 'Elena', 'Farid', 'Greta', 'Hugo']
const last = ['Andersson', 'Belova', 'Costa', 'Dahl', 'Eronen', 'Fischer']
for (let i = 0; i < 300; i++)
  add(String(20 + i), {
    name: `${first[i % 8]} ${last[i % 6]}`,
    channel: String(1 + (i % 6)),
    minutes: 3000 + i * 90,
    status: i % 3 ? 'open' : 'closed',
  })
