import { startTelemetry } from '@stageline/telemetry'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { watchBundles } from './watch-bundles.ts'

async function setup(paced?: string[]) {
  const telemetry = startTelemetry({ service: 'test', instanceId: 'test', logLevel: 'silent' })
  const onStop = new AsyncDisposableStack()
  onStop.defer(() => telemetry.shutdown())
  const stages = {
    bundles: async () =>
      new Map([
        ['alpha', 100],
        ['beta', 20],
      ]),
  }
  const bundleOf = watchBundles(stages, { telemetry, onStop }, paced)
  await new Promise(setImmediate)
  return { bundleOf, [Symbol.asyncDispose]: () => onStop.disposeAsync() }
}

it('bundles hold as many steps as their stage has published, and one where nobody has', async () => {
  await using one = await setup()

  assert.deepEqual(['alpha', 'beta', 'unknown'].map(one.bundleOf), [100, 20, 1])
})

it('who keeps a pace sends single steps, though another worker of the stage has published larger bundles', async () => {
  await using one = await setup(['alpha'])

  assert.deepEqual(['alpha', 'beta'].map(one.bundleOf), [1, 20])
})
