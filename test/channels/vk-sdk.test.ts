import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { APIError, Keyboard, VK } from 'vk-io'
import { confirmationOf, secretOf } from '../../sandbox/vk/account.ts'
import { keyboard } from '../../src/channels/vk/buttons.ts'
import { vk } from '../../src/channels/vk/index.ts'
import type { Choice } from '../../src/domain/message.ts'
import { anna, inTouch, openStage, type Stage } from './vk-stage.ts'
import { png } from './wired.ts'

/** vk-io 4.10.1 as a client of the simulator. */
const clientOf = ({ world }: Stage): VK =>
  new VK({
    token: world.account.token,
    apiBaseUrl: `${world.baseUrl}/method`,
    apiVersion: '5.199',
    apiLimit: 1000,
    apiRetryLimit: 0,
    // Its own agent speaks https only, which its types insist on.
    agent: new Agent() as never,
    pollingGroupId: Number(world.account.id),
    webhookSecret: secretOf(world),
    webhookConfirmation: confirmationOf(world),
  })

describe('vk: vk-io as the judge', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())
  const peer_id = Number(anna.id)

  test('its API works against the simulator', async () => {
    const { api } = clientOf(stage)
    const [user] = await api.users.get({ user_ids: [anna.id], fields: ['photo_200'] })
    assert.equal(user!.first_name, 'Anna')
    const id = await api.messages.send({ peer_id, random_id: 5, message: 'from vk-io' })
    assert.equal(typeof id, 'number')
    assert.equal(await api.messages.send({ peer_id, random_id: 5, message: 'from vk-io' }), id)
    const { groups } = await api.groups.getById({ group_id: stage.world.account.id })
    assert.equal(groups[0]!.name, 'Rowan & Rye')
    const stranger = api.messages.send({ peer_id: 5, random_id: 6, message: 'x' })
    await assert.rejects(stranger, error => error instanceof APIError && error.code === 936)
  })
  test('its uploads reach the phone in the three steps', async () => {
    const { api, upload } = clientOf(stage)
    const photo = await upload.messagePhoto({
      peer_id,
      source: { value: png, filename: 'a.png', contentType: 'image/png' },
    })
    const doc = await upload.messageDocument({ peer_id, source: { value: png, filename: 'b.pdf' } })
    const source = { value: png, filename: 'c.ogg', contentType: 'audio/ogg' }
    const voice = await upload.audioMessage({ peer_id, source })
    await api.messages.send({ peer_id, random_id: 7, attachment: [photo, doc, voice].join(',') })
    const types = stage.world.bubbles.at(-1)!.parts.map(part => part.type)
    assert.deepEqual(types, ['image', 'file', 'voice'])
  })
  test('its webhook takes the events of the simulator and no others', async () => {
    const client = clientOf(stage)
    const texts: string[] = []
    const heard = new Promise<void>(done => {
      client.updates.on('message_new', context => {
        texts.push(context.text!)
        done()
      })
    })
    const callback = client.updates.getWebhookCallback()
    const server = createServer((incoming, reply) => void callback(incoming, reply, () => reply.end())).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const result = await vk.setup!(url, stage.io)
    assert.ok(result.ok, JSON.stringify(result))
    stage.world.faults.forge = 1
    stage.world.act(anna.id, { do: 'text', text: 'Привет, vk-io' })
    await heard
    await stage.world.settled()
    assert.deepEqual(texts, ['Привет, vk-io'])
    server.closeAllConnections()
    server.close()
  })
  test('its keyboards have the shape of ours', () => {
    const choices: Choice[] = [
      { id: 'a', label: 'Yes' },
      { id: 'b', label: 'No' },
    ]
    const builder = Keyboard.builder().inline()
    for (const { id, label } of choices)
      builder.textButton({ label, payload: { c: id, l: label }, color: Keyboard.PRIMARY_COLOR }).row()
    assert.deepEqual(keyboard(choices, { inline: true, callback: false }), {
      one_time: false,
      ...JSON.parse(String(builder)),
    })
    const silent = Keyboard.builder().inline()
    for (const { id, label } of choices) silent.callbackButton({ label, payload: { c: id, l: label } }).row()
    const theirs = JSON.parse(String(silent)) as { buttons: { action: object }[][] }
    const ours = keyboard(choices, { inline: true, callback: true }).buttons as { action: object }[][]
    assert.deepEqual(
      ours.flat().map(button => button.action),
      theirs.buttons.flat().map(button => button.action),
    )
  })
})

test('vk: vk-io polls the simulator as we do', async () => {
  const stage = await openStage({ receive: 'longpoll' })
  assert.equal((await vk.setup!('', stage.io)).ok, true)
  const client = clientOf(stage)
  const heard = new Promise<string>(done => {
    client.updates.on('message_new', context => done(context.text!))
  })
  await client.updates.startPolling()
  stage.world.act(anna.id, { do: 'text', text: 'polled' })
  assert.equal(await heard, 'polled')
  await client.updates.stop()
  await stage.close()
})
