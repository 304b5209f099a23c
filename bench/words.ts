/**
 * Text for the seeded messages: ordinary words of three languages by falling frequency, among made-up names of goods so
 * that the vocabulary is as wide as a shop's. Phrases are joined to messages in the database.
 */

const common = {
  en: `order delivery when please thank you hello is the my can where it to and for not have today tomorrow
    address courier parcel money return size colour blue black price discount card payment receipt refund
    broken arrived late shop open weekend evening morning phone number call wait check status available stock
    warranty exchange invoice company send photo picture box gift wrapping cost cheap better another same
    received damaged missing wrong item change cancel confirm street house door code floor lift neighbour`,
  ru: `заказ доставка когда пожалуйста спасибо здравствуйте где мой можно не и на у вас есть сегодня завтра
    адрес курьер посылка деньги возврат размер цвет синий чёрный цена скидка карта оплата чек вернуть
    сломан пришёл поздно магазин открыт выходные вечером утром телефон номер позвонить ждать проверить
    гарантия обмен счёт компания отправить фото коробка подарок упаковка стоит дешевле другой такой
    получила повреждён нет неверный товар изменить отменить подтвердить улица дом дверь код этаж сосед`,
  fi: `tilaus toimitus milloin kiitos hei missä minun voinko on ja ei teillä tänään huomenna osoite
    kuriiri paketti rahat palautus koko väri sininen musta hinta alennus kortti maksu kuitti palauttaa
    rikki saapui myöhässä kauppa auki viikonloppu illalla aamulla puhelin numero soittaa odottaa tarkistaa
    takuu vaihto lasku yritys lähettää kuva laatikko lahja paketointi maksaa halvempi toinen sama
    sain vaurioitunut puuttuu väärä tuote muuttaa peruuttaa vahvistaa katu talo ovi koodi kerros naapuri`,
} as const

const syllables = {
  en: 'bar lin tor mel dan vis kor pel sun rad fen gil mos tav ner wick ford ley ham bury'.split(' '),
  ru: 'бар лин тор мел дан вис кор пел сун рад фен гил мос тав нер ник град лей хам бор'.split(' '),
  fi: 'kar lin tuo mel vaa vis kor pel suu raa hen kil mos tav ner kko lahti nen sto virta'.split(' '),
} as const

export type Language = keyof typeof common
export const languages = Object.keys(common) as Language[]

/** A word that twelve messages hold, and one that none does. */
export const planted = { rare: 'marmalade', absent: 'xylophone' }

/** The same numbers at every run, so that two runs search the same text. */
export function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}

/** `count` phrases of four to eleven words. */
export function phrases(language: Language, count: number): string[] {
  const random = chance(language.charCodeAt(0))
  const words = common[language].split(/\s+/)
  const goods = Array.from({ length: 4000 }, () => made(syllables[language], random))
  const word = () => (random() < 0.12 ? goods[draw(goods, random)]! : words[draw(words, random)]!)
  return Array.from({ length: count }, () => Array.from({ length: 4 + Math.floor(random() * 8) }, word).join(' '))
}

/** The first are drawn far more often, as in any language. */
const draw = (from: readonly string[], random: () => number): number => Math.floor(from.length * random() ** 2.2)

const made = (from: readonly string[], random: () => number): string =>
  Array.from({ length: 2 + Math.floor(random() * 3) }, () => from[Math.floor(random() * from.length)]).join('')

const firstNames = {
  en: 'Oliver Amelia George Isla Harry Ava Jack Emily Freya Oscar Grace Alfie Ella Thomas Lily Edward',
  ru: 'Анна Иван Мария Дмитрий Елена Сергей Ольга Алексей Татьяна Андрей Наталья Павел Ирина Егор Вера Лев',
  fi: 'Aino Onni Helmi Eero Venla Väinö Siiri Toivo Liisa Matti Kaisa Juhani Päivi Antti Sanna Mikko',
} as const

/** Names of people; a few thousand different ones. */
export function names(language: Language, count: number): string[] {
  const random = chance(language.charCodeAt(1))
  const first = firstNames[language].split(' ')
  const surnames = Array.from({ length: 800 }, () => capital(made(syllables[language], random)))
  const one = () => `${first[Math.floor(random() * first.length)]} ${surnames[Math.floor(random() * surnames.length)]}`
  return Array.from({ length: count }, one)
}

const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1)
