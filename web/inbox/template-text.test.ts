import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { filled, matching, type Template } from './template-text.ts'

const shipped: Template = {
  name: 'order_shipped',
  language: 'en_US',
  category: 'utility',
  status: 'approved',
  body: 'Hi {{1}}, order {{2}} is on its way. Thank you, {{1}}!',
  values: 2,
}
const shown = (values: string[]) =>
  filled(shipped.body, values)
    .map(piece => piece.text)
    .join('')

describe('a template', () => {
  test('shows each value wherever its number stands, and the number while nothing is written', () => {
    assert.equal(shown(['Katja', '']), 'Hi Katja, order {{2}} is on its way. Thank you, Katja!')
    assert.deepEqual(filled('{{ 1 }}, hello', ['Katja']), [{ value: 1, text: 'Katja' }, { text: ', hello' }])
  })

  test('shows a value that looks like a place as it was written', () => {
    assert.equal(shown(['{{2}}', 'A $& B']), 'Hi {{2}}, order A $& B is on its way. Thank you, {{2}}!')
  })

  test('is found by words of its name, its text and its language, the sendable ones first', () => {
    const refused: Template = { ...shipped, name: 'order_late', status: 'rejected' }
    const names = (words: string) => matching([refused, shipped], words).map(template => template.name)
    assert.deepEqual(names('order'), ['order_shipped', 'order_late'])
    assert.deepEqual(names('order shipped'), ['order_shipped'])
    assert.deepEqual(names('Thank english'), ['order_shipped', 'order_late'])
    assert.deepEqual(names('cake'), [])
  })
})
