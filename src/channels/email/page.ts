import { escaped } from './allowed.ts'

/** The same words twice: plain, and as simple HTML with paragraphs and links. The signature stands apart in both. */
export function page(words: string, signature: string | undefined): { text: string; html: string } {
  const sign = signature?.trim()
  return {
    text: sign ? `${words}\n\n-- \n${sign}` : words,
    html: `<div>${paragraphs(words)}</div>${sign ? `<div style="color:#666">-- <br>${lines(sign)}</div>` : ''}`,
  }
}

const paragraphs = (words: string): string =>
  words
    .split(/\n{2,}/)
    .map(one => `<p>${lines(one)}</p>`)
    .join('')

/** An address ends before the full stop of its sentence. */
const lines = (words: string): string =>
  words
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]'])/)
    .map((text, i) =>
      i % 2 ? `<a href="${escaped(text)}">${escaped(text)}</a>` : escaped(text).replaceAll('\n', '<br>'),
    )
    .join('')
