import { type Json, list, maybe, records, text } from '../kit.ts'

/** The words of a rich message's blocks in reading order, one block a line. Blocks nest: lists, quotations, tables. */
export const richWords = (blocks: unknown): string => records(blocks).map(words).filter(Boolean).join('\n')

/** Blocks that carry a photo, video, animation, audio or voice note, however deep. */
export function richFiles(blocks: unknown): Json[] {
  return records(blocks).flatMap(block => [
    ...(['photo', 'video', 'animation', 'audio', 'voice_note'].some(key => block[key]) ? [block] : []),
    ...richFiles(block.blocks),
    ...richFiles(block.items),
  ])
}

function words(block: Json): string {
  const head = [text(block.label), inline(block.summary ?? block.text ?? block.expression)].filter(Boolean).join(' ')
  const rows = list(block.cells).map(row =>
    records(row)
      .map(cell => inline(cell.text))
      .join(' | '),
  )
  const below = [richWords(block.items), richWords(block.blocks), inline(block.caption), inline(block.credit)]
  const joint = block.label === undefined ? '\n' : ' '
  return [head, ...rows, ...below].filter(Boolean).join(joint)
}

/** RichText is a string, a list of RichText, or an object that wraps one; a caption is such an object too. */
function inline(node: unknown): string {
  if (typeof node === 'string') return node
  if (Array.isArray(node)) return node.map(inline).join('')
  const it = maybe(node)
  return inline(it.text ?? it.expression ?? it.alternative_text ?? '')
}
