import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standBack } from './stand-back.ts'

test('a crowd is given way to, but not for ever, and again after a rest', async () => {
  let now = 0
  const pause = async () => {
    now += 400
  }
  let crowd = true
  const manners = standBack(() => crowd, { now: () => now, pause })
  assert.equal(manners.standsBack(), true)
  await manners.standBack(() => false)
  assert.equal(manners.standsBack(), false, 'it has lasted too long')
  crowd = false
  await manners.standBack(() => false)
  crowd = true
  assert.equal(manners.standsBack(), false, 'what came meanwhile is not received yet')
  manners.rested()
  assert.equal(manners.standsBack(), true)
  await manners.standBack(() => true)
  assert.equal(manners.standsBack(), true, 'a stop waits for nothing')
})
