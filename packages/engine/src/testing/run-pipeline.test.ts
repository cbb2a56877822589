import type { Schema } from '@stageline/domain'
import { DataError } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineStage } from '../stage.ts'
import { runPipeline } from './run-pipeline.ts'

const anything = { safeParse: (data: unknown) => ({ success: true, data }) } as unknown as Schema<
  Record<string, unknown>
>
const stage = (name: string, handle: (input: Record<string, unknown>, attempt: number) => Record<string, unknown>) =>
  defineStage({ name, input: anything, output: anything, handle: (input, { attempt }) => handle(input, attempt) })

const workflow = {
  key: 'flow',
  steps: [
    { key: 'a', stage: 'double' },
    { key: 'b', stage: 'count', dependsOn: ['a'] },
  ],
}
const double = stage('double', ({ n }) => ({ n: Number(n) * 2 }))
const count = stage('count', ({ n }) => ({ counted: n }))

test('a job goes through all its stages without Redis', async () => {
  const { job, outputs, result, tasks } = await runPipeline({ workflow, stages: [double, count], input: { n: 2 } })

  assert.equal(job.state, 'completed')
  assert.deepEqual(outputs, { a: { n: 4 }, b: { counted: 4 } })
  assert.deepEqual([result, tasks], [{ counted: 4 }, []])
})

test('time passes by itself: a step that fails twice is tried a third time at once', async () => {
  const flaky = stage('double', (_, attempt) => {
    if (attempt < 3) throw new Error('not yet')
    return { n: attempt }
  })
  const started = performance.now()

  const { job, outputs } = await runPipeline({ workflow, stages: [flaky, count], input: {} })

  assert.equal(job.state, 'completed')
  assert.deepEqual(outputs['b'], { counted: 3 })
  assert.ok(performance.now() - started < 5_000)
})

test('where a person is needed the job stays, or goes on as the test says', async () => {
  const picky = stage('double', ({ n }) => {
    if (n === undefined) throw new DataError('sample.no_number', 'There is no number')
    return { n: Number(n) }
  })
  const request = { workflow, stages: [picky, count], input: {} }

  const left = await runPipeline(request)
  const helped = await runPipeline({ ...request, person: () => ({ verdict: 'retry', input: { n: 7 } }) })

  assert.deepEqual([left.job.state, left.tasks[0]!.cause], ['suspended', 'invalid_data'])
  assert.deepEqual([helped.job.state, helped.result], ['completed', { counted: 7 }])
})

test('a stage that was not given is named', async () => {
  await assert.rejects(runPipeline({ workflow, stages: [double], input: { n: 1 } }), /No stage "count" was given/)
})
