import { locale, t } from './say.ts'

const cache = new Map<string, Intl.DateTimeFormat>()

function format(iso: string | number | Date, options: Intl.DateTimeFormatOptions): string {
  const key = `${locale()} ${JSON.stringify(options)}`
  let formatter = cache.get(key)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale() === 'en' ? 'en-GB' : locale(), options)
    cache.set(key, formatter)
  }
  return formatter.format(new Date(iso))
}

export const clock = (iso: string): string => format(iso, { hour: '2-digit', minute: '2-digit' })

/** The calendar day here, the same string all day long. */
export const dayOf = (iso: string | number | Date): string => new Date(iso).toDateString()

const day = 86_400_000

/** Today's hour, this week's weekday, then the date. */
export function shortTime(iso: string, now = Date.now()): string {
  if (dayOf(iso) === dayOf(now)) return clock(iso)
  if (now - Date.parse(iso) < 6 * day) return format(iso, { weekday: 'short' })
  return shortDate(iso)
}

export const shortDate = (iso: string): string =>
  format(iso, { day: 'numeric', month: 'short', ...(sameYear(iso) ? {} : { year: 'numeric' }) })

export const fullTime = (iso: string): string => format(iso, { dateStyle: 'medium', timeStyle: 'short' })

const sameYear = (iso: string) => new Date(iso).getFullYear() === new Date().getFullYear()

export function dayName(iso: string, now = Date.now()): string {
  if (dayOf(iso) === dayOf(now)) return t('Today')
  if (dayOf(iso) === dayOf(now - day)) return t('Yesterday')
  const year = sameYear(iso) ? {} : { year: 'numeric' as const }
  const name = format(iso, { weekday: 'long', day: 'numeric', month: 'long', ...year })
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** Minutes in the largest unit that says enough: `4 min`, `2 h`, `3 d`. */
export function span(minutes: number): string {
  if (minutes < 1) return t('< 1 min')
  if (minutes < 60) return t('{n} min', { n: minutes })
  if (minutes < 48 * 60) return t('{n} h', { n: Math.floor(minutes / 60) })
  return t('{n} d', { n: Math.floor(minutes / 1440) })
}

/** `4 min ago`. */
export const ago = (iso: string, now = Date.now()): string =>
  now - Date.parse(iso) < 60_000
    ? t('just now')
    : t('{span} ago', { span: span(Math.floor((now - Date.parse(iso)) / 60_000)) })

export const number = (n: number): string => new Intl.NumberFormat(locale()).format(n)

export function money(amount: number, currency?: string): string {
  try {
    return new Intl.NumberFormat(locale(), currency ? { style: 'currency', currency } : {}).format(amount)
  } catch {
    return `${number(amount)} ${currency}`
  }
}

/** Bytes as people say them, in steps of 1000. */
export function size(bytes: number): string {
  const step = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3
  const unit = (['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const)[step]!
  const value = bytes / 1000 ** step
  const options = {
    style: 'unit',
    unit,
    unitDisplay: step ? 'short' : 'long',
    maximumFractionDigits: value < 10 && step ? 1 : 0,
  } as const
  return new Intl.NumberFormat(locale(), options).format(value)
}

export const duration = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
