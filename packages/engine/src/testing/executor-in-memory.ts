import type { Schema } from '@stageline/domain'
import { modelTrustOf } from '@stageline/domain'
import { Claims } from '../claims.ts'
import type { ExecutorDeps } from '../execute-step.ts'
import { HandlersAtWork } from '../handlers-at-work.ts'
import type { StepRef } from '../ports/index.ts'
import type { StageDefinition } from '../stage.ts'
import type { EngineInMemory } from './engine-in-memory.ts'
import { memoryBlobs } from './memory-blobs.ts'

/** As much of a schema as the executor asks for. */
export const schemaOf = (fits: (value: unknown) => boolean): Schema<unknown> => {
  const issues = [{ path: ['n'], message: 'Expected a number' }]
  const safeParse = (value: unknown) =>
    fits(value) ? { success: true, data: value } : { success: false, error: { issues } }
  return { safeParse } as unknown as Schema<unknown>
}
export const anything = schemaOf(() => true)
const quiet = () => undefined

type Limits = { graceMs?: number; timeoutMs?: number }

/** What executes steps of a stage in a process whose engine is in memory. */
export function executorInMemory(
  engine: EngineInMemory,
  stage: Pick<StageDefinition, 'handle'> & Partial<StageDefinition>,
  { graceMs = 20, timeoutMs = 30_000 }: Limits = {},
) {
  const shutdown = new AbortController()
  const clock = { ms: 0 }
  const claims = new Claims({ record: engine.record, store: engine.store, worker: 'w', elapsed: () => clock.ms })
  const stragglers: StepRef[] = []
  const onStraggler = (step: StepRef) => void stragglers.push(step)
  const handlers = new HandlersAtWork({ graceMs, shutdown: shutdown.signal, onStraggler })
  const deps: ExecutorDeps = {
    stage: { name: 'alpha', input: anything, output: anything, ...stage },
    store: engine.store,
    load: async (ref) => (await engine.store.load([ref]))[0],
    workflows: engine.workflows,
    record: engine.record,
    claims,
    handlers,
    timeoutMs,
    observer: engine.observer,
    shutdown: shutdown.signal,
    workerId: 'w',
    retry: {},
    tools: ({ jobId }) => ({
      blobs: memoryBlobs(),
      catalog: { find: async () => [] },
      firstSeen: { claim: async () => ({ jobId, at: new Date(0), isThisJob: true }) },
      modelTrust: async () => modelTrustOf([]),
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    }),
  }
  return { deps, claims, handlers, shutdown, clock, stragglers }
}
