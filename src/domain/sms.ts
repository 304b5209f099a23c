// The GSM 7-bit default alphabet and its extension (3GPP TS 23.038, 6.2.1): a character's place is its septet.
// National shift tables (Turkish, Spanish, Portuguese) are left out: gateways need not know them, and a text that a
// phone shows wrongly is worse than one that costs more.
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const extension: Readonly<Record<string, number>> = {
  '\f': 0x0a,
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
}
const shift = 0x1b

const septets = new Map<string, readonly number[]>([
  ...[...basic].map((char, at) => [char, [at]] as const).filter(([, [at]]) => at !== shift),
  ...Object.entries(extension).map(([char, at]) => [char, [shift, at]] as const),
])
const extended = new Map(Object.entries(extension).map(([char, at]) => [at, char]))

/** What one message holds: alone, and as part of a longer one, whose six bytes of header take their share. */
const room = { gsm: { alone: 160, part: 153 }, ucs2: { alone: 70, part: 67 } } as const

export interface Sms {
  encoding: 'gsm' | 'ucs2'
  /** What is sent and paid: the text in pieces that a phone joins again. Joined, they are the text. None when it is empty. */
  parts: string[]
  /** Septets or 16-bit units in all. */
  units: number
  /** How many more fit before another part begins. */
  left: number
  /** The characters that GSM lacks, each once: one of them makes the whole text UCS-2. */
  foreign: string[]
}

/** How a text travels as SMS. Neither an escaped character nor an emoji is ever cut in two. */
export function smsOf(text: string): Sms {
  const chars = [...text]
  const foreign = [...new Set(chars.filter(char => !septets.has(char)))]
  const encoding = foreign.length ? 'ucs2' : 'gsm'
  const weigh = (char: string) => (encoding === 'gsm' ? septets.get(char)!.length : char.length)
  const units = chars.reduce((sum, char) => sum + weigh(char), 0)
  const { alone, part } = room[encoding]
  if (units <= alone) return { encoding, parts: text ? [text] : [], units, left: alone - units, foreign }
  const { parts, used } = packed(chars, part, weigh)
  return { encoding, parts, units, left: part - used, foreign }
}

function packed(chars: readonly string[], max: number, weigh: (char: string) => number) {
  const parts: string[] = []
  let piece = ''
  let used = 0
  for (const char of chars) {
    if (used + weigh(char) > max) {
      parts.push(piece)
      piece = ''
      used = 0
    }
    piece += char
    used += weigh(char)
  }
  parts.push(piece)
  return { parts, used }
}

/** The septets of a text, one in each byte, or null when GSM lacks a character of it. */
export function gsmBytes(text: string): Uint8Array | null {
  const found = [...text].map(char => septets.get(char))
  return found.every(codes => codes !== undefined) ? Uint8Array.from(found.flat()) : null
}

/** The text of septets, one in each byte. What the extension lacks is read from the main table, as phones do. */
export function gsmText(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at]! & 0x7f
    if (code !== shift) text += basic[code]
    else if (++at < bytes.length) text += extended.get(bytes[at]! & 0x7f) ?? basic[bytes[at]! & 0x7f]!
  }
  return text
}

export type Keyword = 'stop' | 'start' | 'help'

// English: the words of 47 CFR 64.1200(a)(10) and of the CTIA. "Yes" opts in at some gateways; here it is an answer to
// a question. Words of other languages are only those that mean nothing else to a shop: not "cancel", not "end".
const words: Record<Keyword, string> = {
  stop: `stop stopall stop-all unsubscribe cancel end quit revoke optout opt-out remove-me
    стоп отписаться отписка отпишите отпишите-меня зупинити відписатися відписка адпісацца тоқта
    lopeta avsluta avsluta-prenumeration stopp avmeld afmeld abmelden abbestellen austragen
    arrêt arrêter arrêtez désabonner désinscription désinscrire parar detener baja darme-de-baja cancelar-suscripción
    sair descadastrar cancelar-inscrição ferma disiscrivimi annulla-iscrizione stoppen uitschrijven afmelden
    wypisz odhlásit ret durdur 停止 退订 退訂 取消订阅 配信停止 수신거부 중지 إيقاف إلغاء-الاشتراك הסר הסירו berhenti
    hủy-đăng-ký`,
  start: `start unstop subscribe optin opt-in resubscribe старт подписаться підписатися падпісацца aloita starta
    commencer démarrer réabonner comenzar alta darme-de-alta suscribirme começar iniciar inizia iscrivimi starten
    aanmelden zapisz başlat 订阅 訂閱 配信開始 시작 ابدأ mulai`,
  help: `help info помощь помогите допомога дапамога apua ohje hjälp hjælp hjelp hilfe aide ayuda ajuda aiuto hulp
    pomoc pomoć yardım yardim 帮助 幫助 ヘルプ 도움말 مساعدة עזרה bantuan`,
}

const meanings = new Map<string, Keyword>(
  Object.entries(words).flatMap(([meaning, said]) =>
    said.split(/\s+/).map(word => [bare(word), meaning as Keyword] as const),
  ),
)

/** What a customer asks of the sender with this message, when it is nothing but such a word. */
export const keywordOf = (text: string): Keyword | undefined =>
  text.length <= 60 ? meanings.get(bare(text)) : undefined

/** Without case, accents, spaces and the marks around a word: `"Stop!"` is `stop`, `Opt out` is `optout`. */
function bare(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{P}\p{Z}\p{S}\p{M}\p{Cf}\s]/gu, '')
}
