import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MenuLimits } from '../../src/domain/menu.ts'
import { draftOf, menuOfDraft, moved } from './menu-draft.ts'

const tabs: MenuLimits = { shape: 'tabs', most: 3, label: 16, says: 128, opens: true }
const picture: MenuLimits = { shape: 'picture', most: 6, label: 20, says: 300, opens: true, bar: 14 }

test('a menu that was written as lines is edited as entries', () => {
  const draft = draftOf('Hours = HOURS\nShop = https://shop.example', tabs)
  assert.deepEqual(menuOfDraft(draft), {
    entries: [
      { label: 'Hours', says: 'HOURS' },
      { label: 'Shop', opens: 'https://shop.example' },
    ],
  })
})

test('what is saved says nothing twice, and nothing of a picture that is not there', () => {
  const draft = draftOf(undefined, picture)
  const entries = [
    { key: 0, label: ' Hours ', says: 'Hours' },
    { key: 1, label: 'Shop', opens: ' https://a.example ', says: 'x' },
  ]
  assert.deepEqual(menuOfDraft({ ...draft, entries, bar: ' ', open: false, tall: true }), {
    entries: [{ label: 'Hours' }, { label: 'Shop', opens: 'https://a.example' }],
    tall: true,
    picture: draft.picture,
  })
  assert.deepEqual(menuOfDraft(draft), { entries: [] })
})

test('an entry changes places with its neighbour and stops at the ends', () => {
  const rows = ['a', 'b', 'c'].map((label, key) => ({ label, key }))
  const order = (at: number, by: -1 | 1) =>
    moved(rows, at, by)
      .map(({ label }) => label)
      .join('')
  assert.deepEqual([order(0, 1), order(2, -1), order(0, -1), order(2, 1)], ['bac', 'acb', 'abc', 'abc'])
})
