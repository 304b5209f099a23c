import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standBack } from './stand-back.ts'

function crowdedDoor() {
  const door = { now: 0, crowd: true }
  const pause = async (ms: number) => {
    door.now += ms
  }
  const manners = standBack(() => door.crowd, { now: () => door.now, pause })
  const rest = (ms: number) => {
    door.crowd = false
    assert.equal(manners.standsBack(), false)
    door.now += ms
    door.crowd = true
  }
  return { door, manners, rest }
}

test('a crowd is given way to for eight seconds, then no more', async () => {
  const { door, manners } = crowdedDoor()
  assert.equal(manners.standsBack(), true)
  await manners.standBack(() => false)
  assert.equal(door.now, 8000)
  for (let s = 0; s < 60; s++) {
    door.now += 900
    assert.equal(manners.standsBack(), false, 'the crowd is still the same')
  }
})

test('a short pause of the crowd gives nothing back, a calm as much as it lasted', async () => {
  const { door, manners, rest } = crowdedDoor()
  await manners.standBack(() => false)
  rest(900)
  assert.equal(manners.standsBack(), false)
  rest(3000)
  const began = door.now
  await manners.standBack(() => false)
  assert.equal(door.now - began, 3000)
  rest(3_600_000)
  const later = door.now
  await manners.standBack(() => false)
  assert.equal(door.now - later, 8000, 'never more than at first')
})

test('whoever stops waits for nothing', async () => {
  const { door, manners } = crowdedDoor()
  await manners.standBack(() => true)
  assert.equal(door.now, 0)
})
