import { startLine } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { runExample } from './run-example.ts'

it('the example of documents: stage by stage, a stage that stands still, a step by hand', async () => {
  await using line = await startLine()

  const said = await runExample('documents/by-http.ts', [], line)

  const [, followed, paused, byHand, resumed] = said.split('\n== ')
  assert.match(
    followed!,
    /ubl-invoice\.xml is job \S+\n[^]* {2}completed[^]*step classification .*completed[^]*step scoring /,
  )
  assert.match(paused!, /extraction: 1 workers, 1 queued, paused: The rules are being changed\n/)
  assert.match(
    byHand!,
    / {2}completed\n[^]*advanced extraction .*completed by test \(Read by hand\)\n[^]*step scoring /,
  )
  assert.match(resumed!, /^Extraction goes on\n {2}(completed|suspended)\n/)
  const { items } = await line.json<{ items: { paused: boolean }[] }>('/v1/stages')
  assert.ok(items.every(({ paused: isPaused }) => !isPaused))
})
