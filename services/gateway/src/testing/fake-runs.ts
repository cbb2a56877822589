import type { BatchRuns } from '@stageline/engine/ports'
import type { GatewayDeps } from '../gateway-deps.ts'
import type { FakeWorld } from './fake-world.ts'

/** Runs over memory; a preview has ended as soon as it has begun, as if an orchestrator had been quick. */
export function fakeRuns(world: FakeWorld): Pick<GatewayDeps, 'sources' | 'runs'> {
  const { sources, runs } = world.runs
  const begin: BatchRuns['begin'] = async (tenantId, run, key) => {
    const begun = await runs.begin(tenantId, run, key)
    if (begun.kind !== 'begun') return begun
    if (run.preview) await finish(world, run.source)
    else world.batches.set(run.id, batchOf(world, run))
    return begun
  }
  return { sources, runs: { ...runs, begin } }
}

const batchOf = ({ now }: FakeWorld, { id, name, actor }: { id: string; name: string | null; actor: string }) => ({
  id,
  name,
  actor,
  createdAt: now.toISOString(),
  total: 0,
  byState: {},
})

async function finish({ runs }: FakeWorld, source: string | null): Promise<void> {
  const taken = await runs.take('fake', 1_000, true)
  if (!taken) return
  if (source === 'broken') {
    await runs.end(taken, 'fake', 'failed', { code: 'source.file_missing', message: 'There is no file "x"' })
    return
  }
  const input = { record: { mpn: 'NXR-1K0-0402' } }
  const sample = [
    { position: '1', businessKey: 'NXR-1K0-0402', priority: 0.9, input, route: null, rule: null, problems: [] },
  ]
  await runs.note(taken, 'fake', 1_000, { ...taken.progress, read: 1, submitted: 1, sample })
  await runs.end(taken, 'fake', 'completed', null)
}
