import { locale, msg } from '../say.ts'

/** A text that the network has to approve, as the server lists it. `{{1}}` in the body stands for the first value. */
export interface Template {
  name: string
  language: string
  category: string
  status: 'approved' | 'pending' | 'rejected' | 'paused'
  body: string
  /** How many values it takes. */
  values: number
}

export interface Piece {
  text: string
  /** The number of the value that stands here, from 1; absent for the words of the template itself. */
  value?: number
}

/** The body cut at its values; a value that is not written yet shows as its place, `{{1}}`. */
export function filled(body: string, values: readonly string[]): Piece[] {
  return body
    .split(/(\{\{\s*\d+\s*\}\})/)
    .filter(text => text !== '')
    .map(text => {
      const value = Number(/^\{\{\s*(\d+)\s*\}\}$/.exec(text)?.[1])
      return value ? { value, text: values[value - 1]?.trim() || text } : { text }
    })
}

/** Those that hold all the words looked for in name, body or language; the approved ones first. */
export function matching(templates: readonly Template[], words: string): Template[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  const holds = ({ name, body, language }: Template) => {
    const text = `${name} ${name.replaceAll('_', ' ')} ${body} ${language} ${languageName(language)}`.toLowerCase()
    return wanted.every(word => text.includes(word))
  }
  return templates.filter(holds).sort((a, b) => Number(b.status === 'approved') - Number(a.status === 'approved'))
}

/** `en_US` as `American English`, in the language of the screen. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([locale()], { type: 'language' }).of(code.replaceAll('_', '-')) ?? code
  } catch {
    return code
  }
}

/** Why a template cannot be sent now. */
export const standing: Readonly<Record<Exclude<Template['status'], 'approved'>, string>> = {
  pending: msg('in review'),
  rejected: msg('rejected'),
  paused: msg('paused'),
}
