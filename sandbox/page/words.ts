/** What the phones themselves say, in the language of their owners. The sandbox around them speaks English. */
const spoken = {
  en: {
    message: 'Message',
    today: 'Today',
    yesterday: 'Yesterday',
    business: 'business account',
    bot: 'bot',
    online: 'online',
    menu: 'Menu',
    deleted: 'This message was deleted',
    edited: 'edited',
    you: 'You',
    photo: 'Photo',
    options: 'Options',
    unknown: 'Not supported here',
    typing: 'typing…',
  },
  ru: {
    message: 'Сообщение',
    today: 'Сегодня',
    yesterday: 'Вчера',
    business: 'бизнес-аккаунт',
    bot: 'бот',
    online: 'в сети',
    menu: 'Меню',
    deleted: 'Сообщение удалено',
    edited: 'изменено',
    you: 'Вы',
    photo: 'Фото',
    options: 'Варианты',
    unknown: 'Здесь не поддерживается',
    typing: 'печатает…',
  },
  fi: {
    message: 'Viesti',
    today: 'Tänään',
    yesterday: 'Eilen',
    business: 'yritystili',
    bot: 'botti',
    online: 'paikalla',
    menu: 'Valikko',
    deleted: 'Viesti poistettiin',
    edited: 'muokattu',
    you: 'Sinä',
    photo: 'Kuva',
    options: 'Vaihtoehdot',
    unknown: 'Ei tueta täällä',
    typing: 'kirjoittaa…',
  },
} as const

export type Words = Record<keyof (typeof spoken)['en'], string>

export const wordsFor = (language: string): Words => spoken[language as keyof typeof spoken] ?? spoken.en

export const clock = (at: number, language: string): string =>
  new Date(at).toLocaleTimeString(language === 'en' ? 'en-GB' : language, { hour: '2-digit', minute: '2-digit' })

const dayOf = (at: number): string => new Date(at).toDateString()

export const sameDay = (one: number, other: number): boolean => dayOf(one) === dayOf(other)

export function dayName(at: number, language: string): string {
  const words = wordsFor(language)
  if (sameDay(at, Date.now())) return words.today
  if (sameDay(at, Date.now() - 86_400_000)) return words.yesterday
  return new Date(at).toLocaleDateString(language, { day: 'numeric', month: 'long' })
}
