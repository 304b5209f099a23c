import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { ConfigError, readConfig } from './config.ts'

function dataFolder(t: TestContext): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-config-'))
  t.after(() => fs.rmSync(folder, { recursive: true }))
  return folder
}

test('an empty environment gives a server on port 3000 of this machine', t => {
  const config = readConfig({ PARLEY_DATA: dataFolder(t), PORT: '', DATABASE_URL: ' ' })
  assert.equal(config.port, 3000)
  assert.equal(config.host, '0.0.0.0')
  assert.equal(config.publicUrl, 'http://localhost:3000')
  assert.equal(config.databaseUrl, undefined)
  assert.equal(config.s3, undefined)
  assert.equal(config.trustProxy, false)
  assert.ok(Object.isFrozen(config))
})

test('the secret key is made once, kept for later starts, and readable by nobody else', t => {
  const PARLEY_DATA = path.join(dataFolder(t), 'new', 'data')
  const first = readConfig({ PARLEY_DATA })
  assert.equal(first.secretKey.length, 32)
  assert.deepEqual(readConfig({ PARLEY_DATA }).secretKey, first.secretKey)
  assert.equal(fs.statSync(path.join(PARLEY_DATA, 'secret.key')).mode & 0o777, 0o600)
})

test('a given secret key may be hex or base64, and then no file is made', t => {
  const PARLEY_DATA = dataFolder(t)
  const key = Buffer.alloc(32, 0xab)
  for (const text of [key.toString('hex'), key.toString('base64'), key.toString('base64url')])
    assert.deepEqual(readConfig({ PARLEY_DATA, PARLEY_SECRET_KEY: text }).secretKey, key)
  assert.deepEqual(fs.readdirSync(PARLEY_DATA), [])
})

test('a damaged key file is an error, not a new key', t => {
  const PARLEY_DATA = dataFolder(t)
  fs.writeFileSync(path.join(PARLEY_DATA, 'secret.key'), 'abc')
  assert.throws(() => readConfig({ PARLEY_DATA }), /secret\.key does not hold a key/)
})

const faults: [string, Record<string, string>, RegExp][] = [
  ['a port that is no number', { PORT: 'http' }, /^PORT is not a number; use a port/],
  ['a port out of range', { PORT: '70000' }, /^PORT is above 65535/],
  ['a short secret key', { PARLEY_SECRET_KEY: 'abc' }, /^PARLEY_SECRET_KEY is not 32 bytes .*openssl/],
  ['a database of another kind', { DATABASE_URL: 'mysql://root:pw@db/x' }, /^DATABASE_URL is not a PostgreSQL address/],
  ['a public address without http', { PARLEY_PUBLIC_URL: 'chat.example.com' }, /^PARLEY_PUBLIC_URL is not a web/],
  ['a key with a blank', { PARLEY_BOOTSTRAP_KEY: 'a b' }, /^PARLEY_BOOTSTRAP_KEY has blanks/],
  ['an unknown log level', { PARLEY_LOG_LEVEL: 'loud' }, /^PARLEY_LOG_LEVEL is unknown; use one of fatal/],
  ['half of the S3 settings', { PARLEY_S3_BUCKET: 'b' }, /PARLEY_S3_ENDPOINT, .* are not set; set all PARLEY_S3_\*/],
]
for (const [what, env, text] of faults)
  test(`${what} is refused with the name of the variable and what to do`, t => {
    const read = () => readConfig({ PARLEY_DATA: dataFolder(t), ...env })
    assert.throws(read, error => error instanceof ConfigError && text.test(error.message))
  })

test('several faults are told together, and never with the secret in them', () => {
  const env = { PORT: 'x', PARLEY_SECRET_KEY: 'hunter2', DATABASE_URL: 'mysql://root:hunter2@db/x' }
  assert.throws(
    () => readConfig(env),
    (error: Error) => error.message.split('\n').length === 3 && !error.message.includes('hunter2'),
  )
})

test('trusted proxies are none, all, a number of hops, or a list of networks', t => {
  const PARLEY_DATA = dataFolder(t)
  const read = (text: string) => readConfig({ PARLEY_DATA, PARLEY_TRUST_PROXY: text }).trustProxy
  assert.deepEqual(['no', 'true', '2', '10.0.0.0/8, ::1'].map(read), [false, true, 2, ['10.0.0.0/8', '::1']])
})

test('S3 settings given whole are one object', t => {
  const config = readConfig({
    PARLEY_DATA: dataFolder(t),
    PARLEY_S3_ENDPOINT: 'https://s3.example.com/',
    PARLEY_S3_BUCKET: 'media',
    PARLEY_S3_REGION: 'eu',
    PARLEY_S3_ACCESS_KEY: 'a',
    PARLEY_S3_SECRET_KEY: 's',
  })
  const expected = { endpoint: 'https://s3.example.com', bucket: 'media', region: 'eu', accessKey: 'a', secretKey: 's' }
  assert.deepEqual(config.s3, expected)
})
