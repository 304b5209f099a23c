import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeOf, spoken } from './inbox/address.ts'
import { grouped } from './telephone.ts'

test('a telephone number is grouped as people of its country say it', () => {
  const said = [
    '+1 312 555 0171',
    '+7 921 555 01 34',
    '+44 7700 900123',
    '+358 44 555 0159',
    '+63 928 555 0164',
    '+86 138 5555 0107',
    '+81 90 5555 0142',
    '+55 11 98765 4321',
    '+49 151 234 56789',
    '+34 612 345 678',
    '+351 912 345 678',
  ]
  for (const words of said.slice(0, 8)) assert.equal(grouped(words.replaceAll(' ', '')), words)
  for (const words of said) {
    const number = words.replaceAll(' ', '')
    assert.equal(grouped(number).replaceAll(' ', ''), number)
    for (const group of grouped(number).split(' ').slice(1)) assert.ok(group.length >= 2 && group.length <= 6, words)
  }
})

test('what is no number in full is left as it is', () => {
  for (const words of [
    'Katja',
    '',
    '+',
    '12',
    '16400',
    '+12',
    '13125550171',
    'ellen@lakeside.example',
    '+1 312 555 0171',
  ])
    assert.equal(grouped(words), words)
})

test('a number without its plus is said like one with it, an id of a network is not', () => {
  assert.equal(spoken('17735550136'), '+1 773 555 0136')
  assert.equal(spoken('+17735550136'), '+1 773 555 0136')
  assert.equal(spoken('710044202'), '710044202')
  assert.equal(spoken('7412098365021177'), '7412098365021177')
  assert.equal(spoken('FI.18552558086571045299'), 'FI.18552558086571045299')
})

test('answers go to the number of the conversation, grouped', () => {
  const identities = [{ channelId: '12', address: '+13125550171' }]
  const conversation = { contact: { identities }, channelId: '12', address: '+13125550171' }
  assert.equal(placeOf(conversation as never), '+1 312 555 0171')
})

test('an id that only machines know is not shown as the place answers go to', () => {
  const at = (address: string, username?: string) => {
    const identities = [{ channelId: '6', address, ...(username && { username }) }]
    return placeOf({ contact: { identities }, channelId: '6', address } as never)
  }
  assert.equal(at('152004417'), '')
  assert.equal(at('U4af4980629a84c0bb0f1d6e2a55501c7'), '')
  assert.equal(at('152004417', 'anna'), '@anna')
  assert.equal(at('ellen@lakeside.example'), 'ellen@lakeside.example')
})
