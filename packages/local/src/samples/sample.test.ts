import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSamples } from './sample.ts'

test('a folder without a list gives each of its files as a document of which nothing is expected', async () => {
  using folder = setup({ 'b.pdf': 'b', 'a.xml': 'a', '.hidden': '' })
  mkdirSync(join(folder.path, 'inner'))

  const samples = await readSamples(folder.path)

  assert.deepEqual(
    samples.map(({ title, workflow, file, expect }) => ({ title, workflow, file, expect })),
    ['a.xml', 'b.pdf'].map((name) => ({
      title: name,
      workflow: 'document',
      file: join(folder.path, name),
      expect: { outcome: 'any' },
    })),
  )
})

test('a file that has changed is another sample, an equal one is the same', async () => {
  using before = setup({ 'a.pdf': 'one' })
  using same = setup({ 'renamed.pdf': 'one' })
  using changed = setup({ 'a.pdf': 'two' })

  const [first, second, third] = await Promise.all([before, same, changed].map(({ path }) => readSamples(path)))

  assert.equal(first?.[0]?.name, second?.[0]?.name)
  assert.notEqual(first?.[0]?.name, third?.[0]?.name)
})

test('a list names files relative to itself', async () => {
  const listed = [{ name: 'n', title: 't', workflow: 'document', file: 'a.pdf', expect: { outcome: 'completed' } }]
  using folder = setup({ 'samples.json': JSON.stringify(listed), 'not-listed.pdf': '' })

  assert.deepEqual(await readSamples(folder.path), [{ ...listed[0], file: join(folder.path, 'a.pdf') }])
})

test('an item without a subject is refused by its place', async () => {
  using folder = setup({ 'samples.json': JSON.stringify([{ name: 'n', workflow: 'document', expect: {} }]) })

  await assert.rejects(readSamples(folder.path), /item 0: wants name, workflow, expect and file or record/)
})

test('an empty folder is refused', async () => {
  using folder = setup({})

  await assert.rejects(readSamples(folder.path), /There are no files in .* to submit/)
})

test('a folder that is not there, and a list that is not JSON, are named', async () => {
  using folder = setup({ 'samples.json': '[' })

  await assert.rejects(readSamples(join(folder.path, 'nowhere')), /There is no folder .*nowhere/)
  await assert.rejects(readSamples(folder.path), /samples\.json is not JSON/)
})

function setup(files: Record<string, string>) {
  const path = mkdtempSync(join(tmpdir(), 'stageline-samples-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
