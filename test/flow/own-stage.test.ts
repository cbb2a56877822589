import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { it } from 'node:test'
import { untilState } from './line.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const EXAMPLE = join(ROOT, 'examples/own-stage')

it("a stage of one's own takes its place behind the four", async () => {
  await using line = await startLine()
  const worker = fork(join(EXAMPLE, 'src/main.ts'), [], { env: line.workerEnvironment(), stdio: 'ignore' })
  try {
    const staffed = async () =>
      (await line.json<{ items: { stage: string }[] }>('/v1/stages')).items.some(({ stage }) => stage === 'summary')
    await waitFor(staffed, { timeoutMs: 30_000, message: 'the stage to be known' })
    const body = await readFile(join(EXAMPLE, 'workflow.json'), 'utf8')
    const saved = await line.call('/v1/workflows/document-with-summary', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body,
    })
    assert.equal(saved.status, 201, await saved.text())

    const form = new FormData()
    form.set('workflow', 'document-with-summary')
    form.set('file', new Blob([await readFile(join(ROOT, 'examples/samples/ubl-invoice.xml'))]), 'ubl-invoice.xml')
    const { id } = (await (await line.call('/v1/documents', { method: 'POST', body: form })).json()) as { id: string }
    await untilState(line, id, ['completed'])

    const { result } = await line.json<{ result: { summary: string } }>(`/v1/jobs/${id}/result`)
    assert.match(result.summary, /^invoice with \d+ fields, all checks passed$/)
  } finally {
    const ended = once(worker, 'exit')
    worker.kill('SIGTERM')
    await ended
  }
})
