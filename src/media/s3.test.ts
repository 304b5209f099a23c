import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { createStorage } from './storage.ts'

/** As much of an S3 store as three functions need: signed requests, whole objects, ranges. */
async function bucket(t: TestContext): Promise<{ endpoint: string; objects: Map<string, Buffer>; auth: string[] }> {
  const objects = new Map<string, Buffer>()
  const auth: string[] = []
  const server = http.createServer(async (request, response) => {
    const key = new URL(request.url!, 'http://x').pathname
    auth.push(String(request.headers.authorization))
    const body = await buffer(request)
    if (request.method === 'PUT') return objects.set(key, body) && response.writeHead(200, { etag: '"1"' }).end()
    if (request.method === 'DELETE') return objects.delete(key) && response.writeHead(204).end()
    const found = objects.get(key)
    if (!found) return response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
    const part = range ? found.subarray(Number(range[1]), Number(range[2]) + 1) : found
    const headers = {
      'content-length': part.length,
      etag: '"1"',
      ...(range && { 'content-range': `bytes ${range[1]}-${range[2]}/${found.length}` }),
    }
    response.writeHead(range ? 206 : 200, headers).end(request.method === 'HEAD' ? undefined : part)
  })
  await new Promise<void>(r => server.listen(0, '127.0.0.1', r))
  t.after(() => server.close())
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, objects, auth }
}

test('files lie in an S3 store behind the same three functions', async t => {
  const { endpoint, objects, auth } = await bucket(t)
  const s3 = { endpoint, bucket: 'rye', region: 'eu-north-1', accessKey: 'AKIDEXAMPLE', secretKey: 'secret' }
  const storage = createStorage({ dataDir: '/nowhere', s3 })
  const bytes = Buffer.from('Ünïcödé and\0binary')
  await storage.put('1/ab/abcd', bytes, 'image/png')
  assert.deepEqual([...objects.keys()], ['/rye/1/ab/abcd'])
  const whole = await storage.get('1/ab/abcd')
  assert.equal(whole?.size, bytes.length)
  assert.deepEqual(await buffer(whole!.stream), bytes)
  const part = await storage.get('1/ab/abcd', { start: 2, end: 5 })
  assert.equal(part?.size, bytes.length)
  assert.deepEqual(await buffer(part!.stream), bytes.subarray(2, 6))
  assert.equal(await storage.get('1/ab/none'), undefined)
  await storage.remove('1/ab/abcd')
  assert.equal(objects.size, 0)
  for (const line of auth) assert.match(line, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//)
})
