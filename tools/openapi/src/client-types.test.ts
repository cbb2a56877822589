import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { clientTypes, TYPES_FILE } from './client-types.ts'

test('the types of the client are those of the API; else run node tools/openapi/src/generate.ts', async () => {
  assert.equal(readFileSync(TYPES_FILE, 'utf8'), await clientTypes())
})
