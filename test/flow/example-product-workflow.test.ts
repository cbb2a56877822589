import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { it } from 'node:test'
import { query, type Line } from './line.ts'
import { runExample } from './run-example.ts'

const MAIN = join(import.meta.dirname, '../../examples/image-fetch/src/main.ts')

it('the example of the product workflow: retries after 60, 120 and 240 s, a person, suspension, history', async () => {
  await using line = await startLine()
  const worker = fork(MAIN, [line.folder], { env: line.workerEnvironment(), stdio: 'ignore' })
  try {
    await waitFor(async () => isStaffed(line), { timeoutMs: 60_000, message: 'the stage to be known' })
    let isOver = false
    const running = runExample('product-workflow/by-http.ts', [line.folder], line).finally(() => (isOver = true))

    let jumps = 0
    await waitFor(
      async () => {
        if (jumps < 3 && (await jumpToRetry(line))) jumps += 1
        return jumps === 3 || isOver
      },
      { timeoutMs: 120_000, message: 'three retries' },
    )
    const said = await running

    const [, , tries, retried, suspended, figures] = said.split('\n== ')
    assert.match(
      tries!,
      /try 1\ntry 2, \d+ s later\ntry 3, \d+ s later\ntry 4, \d+ s later\nThe image .* is not there yet/,
    )
    const waits = [...tries!.matchAll(/(\d+) s later/g)].map(([, seconds]) => Number(seconds))
    for (const [i, plan] of [60, 120, 240].entries())
      assert.ok(waits[i]! >= plan && waits[i]! <= plan * 1.2 + 15, `try ${i + 2} after ${waits[i]} s, planned ${plan}`)
    assert.match(retried!, /\ncompleted\n[^]*\(The image is there now\)[^]*step scoring /)
    assert.match(suspended!, /\nsuspended\n[^]*\(Suspicious content detected\)[^]*job cancelled \(It was suspicious/)
    assert.match(figures!, /\{ [a-z]+: \d+/)
  } finally {
    const ended = once(worker, 'exit')
    worker.kill('SIGTERM')
    await ended
  }
})

async function isStaffed(line: Line): Promise<boolean> {
  const { items } = await line.json<{ items: { stage: string; workers: object[] }[] }>('/v1/stages')
  return items.some(({ stage, workers }) => stage === 'image-fetch' && workers.length > 0)
}

/** Moves the clock of the record on to the next retry; false while none is planned. */
async function jumpToRetry(line: Line): Promise<boolean> {
  const moved = await query(
    line,
    `UPDATE clock_offset SET shift = shift + (due.at - stageline_now())
       FROM (SELECT min(due_at) AS at FROM jobs WHERE state = 'retrying') AS due
      WHERE due.at > stageline_now() + interval '30 s' RETURNING 1`,
  )
  return moved.length > 0
}
