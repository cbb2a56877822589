import { MemoryBulkActions, MemoryBulkItems } from '@stageline/engine/testing'
import type { NewJob } from '@stageline/engine/ports'
import type { FakeWorld } from './fake-world.ts'

/** Bulk actions over the jobs of the world; nobody works on them. */
export function fakeBulk(world: Pick<FakeWorld, 'jobs' | 'histories' | 'now'>): MemoryBulkActions {
  return new MemoryBulkActions({
    now: () => world.now,
    bulkItems: new MemoryBulkItems(),
    jobs: () => [...world.jobs.values()].map(({ job, state, tenantId }) => ({ ...job, state, tenantId })),
    about: (id) => world.jobs.get(id) as unknown as NewJob | undefined,
    history: (id) => world.histories.get(id) ?? [],
  })
}
