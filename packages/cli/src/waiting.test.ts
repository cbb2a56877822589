import { ApiProblem, createClient } from '@stageline/client'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StoppedWaiting } from './command-error.ts'
import { untilBatchRests } from './waiting.ts'

const batch = (byState: Record<string, number>) => () =>
  Response.json({ id: 'b', name: null, actor: 'a', createdAt: '', total: 3, byState, finished: 0, percent: 0 })
const reading = (finishedAt: string | null, byState: Record<string, number>) => () =>
  Response.json({ id: 'b', total: 3, byState, run: { finishedAt } })
const silence = (): Response => {
  throw new TypeError('fetch failed')
}
const away = () => new Response('gone for a moment', { status: 503 })
const unknown = () => Response.json({ code: 'resource.unknown' }, { status: 404 })

/** Waits for a batch at a line that answers so, one answer after the other, and then stays with the last. */
async function watch(answers: readonly (() => Response)[], signal = new AbortController().signal) {
  const seen: Record<string, number>[] = []
  let asked = 0
  const fetch = async () => answers[Math.min(asked++, answers.length - 1)]!()
  const client = createClient({ baseUrl: 'http://line', fetch })
  const onLook = ({ byState }: { byState: Record<string, number> }) => void seen.push(byState)
  await untilBatchRests(client, 'b', { signal, again: 'look again', onLook })
  return seen
}

describe('waiting for a batch', () => {
  it('ends when no job goes on by itself: a person or nobody has it', async () => {
    const seen = await watch([batch({ completed: 1, queued: 2 }), batch({ completed: 1, suspended: 1, failed: 1 })])

    assert.deepEqual(seen, [
      { completed: 1, queued: 2 },
      { completed: 1, suspended: 1, failed: 1 },
    ])
  })

  it('goes on while its source is read, also when all jobs that there are have come to rest', async () => {
    const seen = await watch([reading(null, { completed: 3 }), reading('2026-01-01T00:00:00Z', { suspended: 3 })])

    assert.deepEqual(seen, [{ completed: 3 }, { suspended: 3 }])
  })

  it('outlasts a line that is away for a moment', async () => {
    const seen = await watch([silence, away, batch({ completed: 3 })])

    assert.deepEqual(seen, [{ completed: 3 }])
  })

  it('ends at once for a batch that does not exist', async () => {
    await assert.rejects(watch([unknown]), ApiProblem)
  })

  it('can be stopped, whether the line answers or not, and says how to look again', async () => {
    for (const answer of [batch({ queued: 3 }), silence]) {
      const stopping = new AbortController()
      setImmediate(() => stopping.abort())
      await assert.rejects(watch([answer], stopping.signal), (error) => {
        assert.ok(error instanceof StoppedWaiting)
        assert.match(error.message, /the line works on. To look again: look again/)
        return true
      })
    }
  })
})
