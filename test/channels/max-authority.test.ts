import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import Fastify from 'fastify'
import { maxWire } from '../../sandbox/max.ts'
import { createWorld } from '../../sandbox/world.ts'
import type { Io } from '../../src/channels/contract.ts'
import { max } from '../../src/channels/max/index.ts'
import type { Settings } from '../../src/channels/max/settings.ts'
import type { Connected } from '../../src/connections/book.ts'
import { ioFor } from '../../src/inbox/io.ts'
import { createGuard } from '../../src/media/guard.ts'
import type { Parley } from '../../src/parley.ts'
import { anna, fresh } from './max-stage.ts'

// An authority that no computer knows, and what it vouches for through another: 127.0.0.1. Good for nothing but this test.
const authority = `-----BEGIN CERTIFICATE-----
MIIBiDCCAS+gAwIBAgIUInYI2lBFLkp4tp+nnJv/UNPVeKswCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOUm9vdCBvZiBhIHRlc3QwIBcNMjYxMTIyMDEzNjM4WhgPMjEy
NjEwMjkwMTM2MzhaMBkxFzAVBgNVBAMMDlJvb3Qgb2YgYSB0ZXN0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEF8VPdN6SAaQYhOP+P/PFPyQLdeqvfFd25KBadu8Y
pB3SOqWBLYJmx16CDGfz+2H7vWP9m50vEM/mVd16GqJJo6NTMFEwHQYDVR0OBBYE
FHqdr56anL+ektF7djJCfAFm4nMhMB8GA1UdIwQYMBaAFHqdr56anL+ektF7djJC
fAFm4nMhMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgYkKVFDDD
aRwjsJJrR+vWxepNIBx/5gcpSiBqC0AdHeICICvVrVDnuH2rFocLhBX9LqUHyl4L
H1OaD+f25v/ZW3U7
-----END CERTIFICATE-----`
const cert = `-----BEGIN CERTIFICATE-----
MIIBgjCCASmgAwIBAgIUN/hd4Y41dDPE1ha81GZjxEge/w4wCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNU3ViIG9mIGEgdGVzdDAgFw0yNjExMjIwMTM2MzlaGA8yMTI2
MTAyOTAxMzYzOVowFDESMBAGA1UEAwwJMTI3LjAuMC4xMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEJDwlGzHYmc5QxCshTbRjotDPcVTpruLUNUIfUKtjaTlLeAkW
BocIEtuWlnVyH1vJCCpiN680IWBty1TzJV/j9KNTMFEwDwYDVR0RBAgwBocEfwAA
ATAdBgNVHQ4EFgQUYWu9GjT1vAkWY+2fd47s2Vh3/H8wHwYDVR0jBBgwFoAUm2tQ
SHnDPOrrvGJ+VYn3TfeCeZ8wCgYIKoZIzj0EAwIDRwAwRAIgRs8N58NNldvk9ZXk
Zh9Rz0JnHx/pXeFH1UPsuwsXdbUCIApjjuIpkD7wcgr5C2ZqW5t/QMlpwrfxlXic
zr0IrnJh
-----END CERTIFICATE-----
-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUIKxBvTYV52IxOlCc5J1Z7ihXbyIwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOUm9vdCBvZiBhIHRlc3QwIBcNMjYxMTIyMDEzNjM4WhgPMjEy
NjEwMjkwMTM2MzhaMBgxFjAUBgNVBAMMDVN1YiBvZiBhIHRlc3QwWTATBgcqhkjO
PQIBBggqhkjOPQMBBwNCAAQj6XwBsjooRxTYPym8CNsUIPsN5gbQyzMmF5wHntep
opc/2CAY4/+hkEeGLOFYUP5q9TLGXfqTTi+KbhEKWafbo2AwXjAPBgNVHRMBAf8E
BTADAQH/MAsGA1UdDwQEAwIBBjAdBgNVHQ4EFgQUm2tQSHnDPOrrvGJ+VYn3TfeC
eZ8wHwYDVR0jBBgwFoAUep2vnpqcv56S0Xt2MkJ8AWbicyEwCgYIKoZIzj0EAwID
SAAwRQIgcmzKLiTcInrArYiXHIY2obFJeTPO00r351yL1pn53W4CIQD2Cwppoi7e
dH/siHJaLEBWfkzUO5o6OjPnlaLdqNExcw==
-----END CERTIFICATE-----`
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmbE8xiM7Iv4qMTco
3/etKrSAlEJpaxai4fiHAybhLCKhRANCAAQkPCUbMdiZzlDEKyFNtGOi0M9xVOmu
4tQ1Qh9Qq2NpOUt4CRYGhwgS25aWdXIfW8kIKmI3rzQhYG3LVPMlX+P0
-----END PRIVATE KEY-----`

test('a server of an unknown authority is not talked to; with the authority in the settings it is', async t => {
  const world = createWorld(maxWire, { name: 'Rowan & Rye', people: [{ ...anna, wroteAt: 1 }] })
  const app = Fastify({ https: { cert, key } })
  app.register(async scope => world.mount(scope, ''))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const guard = createGuard()
  t.after(async () => {
    world.close()
    await guard.close()
    await app.close()
  })
  const baseUrl = `https://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  world.baseUrl = baseUrl
  /** The network as Parley's worker has it. */
  const io = (more: object): Io<Settings> => {
    const settings = max.settings.parse({ ...maxWire.settings(world), baseUrl, ...more })
    const parley = { guard, channels: {}, config: { publicUrl: 'https://chat.example' }, now: () => new Date() }
    const channel = { id: '1', workspaceId: '1', settings, adapter: max }
    const signal = new AbortController().signal
    return ioFor(parley as unknown as Parley, channel as unknown as Connected, signal) as Io<Settings>
  }
  const unknown = await max.setup!('https://chat.example/hooks/1', io({}))
  assert.match(unknown.ok ? '' : `${unknown.why} ${unknown.detail}`, /^down .*Paste the certificate/)
  const unsent = await max.send({ type: 'text', text: 'hello' }, fresh(), io({}))
  assert.equal(unsent.ok ? '' : unsent.why, 'down', 'nothing was sent, so it may be tried again')
  const known = await max.setup!('https://chat.example/hooks/1', io({ ca: authority }))
  assert.equal(known.ok && known.account, 'Rowan & Rye')
  const sent = await max.send({ type: 'text', text: 'hello' }, fresh(), io({ ca: authority }))
  assert.ok(sent.ok)
  assert.deepEqual(world.bubble(sent.id)!.parts, [{ type: 'text', text: 'hello' }])
})
