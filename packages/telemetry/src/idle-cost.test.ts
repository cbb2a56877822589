import assert from 'node:assert/strict'
import test from 'node:test'
import { runAlone } from './testing/run-alone.ts'

const IDLE = new URL('./testing/idle.ts', import.meta.url)

type Cost = { rssMb: number; startMs: number; read: string[] }

test('a process without a collector reads no tracing SDK and stays small', async () => {
  const without = JSON.parse(await runAlone(IDLE, 'without')) as Cost
  const idle = JSON.parse(await runAlone(IDLE, 'with')) as Cost

  const addedMb = idle.rssMb - without.rssMb
  console.log(
    `idle: ${idle.rssMb.toFixed(1)} MB, of it telemetry ${addedMb.toFixed(1)} MB; start ${idle.startMs.toFixed(0)} ms`,
  )
  assert.deepEqual(
    idle.read.filter((path) => /sdk-trace|otlp|sdk-node|grpc/.test(path)),
    [],
  )
  assert.ok(idle.read.some((path) => path.includes('prom-client')))
  assert.ok(addedMb < 30)
})
