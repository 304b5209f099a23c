import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import tls from 'node:tls'
import { NotSent } from '../../src/channels/contract.ts'
import { smpp } from '../../src/channels/smpp/index.ts'
import { createCutter, decode, encode, responseTo } from '../../src/channels/smpp/pdu.ts'
import { openSession } from '../../src/channels/smpp/session.ts'
import { createIo } from './io.ts'
import { to } from './smpp-stage.ts'

/** A key and a certificate that nobody but its maker trusts; nothing where there is no openssl. */
function certificate(): { key: string; cert: string } | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-smpp-'))
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')]
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
  ])
  const found = made.status === 0 ? { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } : undefined
  rmSync(folder, { recursive: true })
  return found
}

test('smpp: over TLS the certificate must be of an authority that is trusted', async t => {
  const made = certificate()
  if (!made) return t.diagnostic('openssl is not installed: no certificate to try')
  const server = tls.createServer(made, socket => {
    const cut = createCutter()
    socket.on('error', () => {})
    socket.on('data', chunk => {
      for (const { command, sequence } of cut(chunk).map(decode))
        socket.write(encode(responseTo(command!), { sequence, fields: { messageId: 'm1' } }))
    })
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const baseUrl = `ssmpp://localhost:${(server.address() as AddressInfo).port}`
  const settings = smpp.settings.parse({ baseUrl, systemId: 'shop', password: 'pass1234', ca: made.cert })
  const io = createIo(settings)
  assert.deepEqual(await smpp.send({ type: 'text', text: 'hello' }, to, io), { ok: true, id: 'm1' })
  await io.drop('session')
  await assert.rejects(openSession({ ...settings, ca: '' }, 'transceiver'), NotSent)
  server.close()
})
