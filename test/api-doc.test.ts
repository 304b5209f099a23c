import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { apiReference, folder, openApi } from '../bin/api-doc.ts'

const written = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8')

test('docs/api is what the routes declare; after a change run bin/api-doc', async () => {
  const document = await openApi()
  assert.deepEqual(JSON.parse(written('openapi.json')), document)
  assert.equal(written('README.md'), apiReference(document))
})

test('every route of the API says what it does and what it answers', async () => {
  const { paths } = await openApi()
  assert.ok(Object.keys(paths).length > 20)
  for (const [url, methods] of Object.entries(paths))
    for (const [method, { summary, tags, responses }] of Object.entries(methods)) {
      assert.ok(summary && tags?.length, `${method} ${url} has no summary or tag`)
      assert.ok(Object.keys(responses ?? {}).length, `${method} ${url} says nothing of its answer`)
    }
})
