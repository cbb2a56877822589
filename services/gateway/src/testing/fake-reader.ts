import { DataError } from '@stageline/domain'
import type { Page, PageRequest, RecordReader } from '@stageline/engine/ports'
import { policyView, type FakeWorld } from './fake-world.ts'

export const fakeReader = (world: FakeWorld): RecordReader => {
  const own = (tenantId: string) => [...world.jobs.values()].filter((job) => job.tenantId === tenantId)
  return {
    job: async (tenantId, id) => own(tenantId).find((job) => job.id === id),
    jobs: async (tenantId, filter, page) =>
      pageOf(
        own(tenantId)
          .filter(({ id, state, businessKey, batchId, workflow }) => {
            if (filter.ids && !filter.ids.includes(id)) return false
            if (filter.state && !filter.state.includes(state)) return false
            if (filter.businessKey !== undefined && filter.businessKey !== businessKey) return false
            if (filter.batchId !== undefined && filter.batchId !== batchId) return false
            return filter.workflow === undefined || filter.workflow === workflow
          })
          .toReversed(),
        page,
      ),
    history: async (_tenant, id) => world.histories.get(id) ?? [],
    input: async (_tenant, id) => world.inputs.get(id),
    outputs: async (_tenant, id) => world.outputs.get(id) ?? { outputs: {}, result: null },
    batch: async (_tenant, id) => world.batches.get(id),
    batches: async (_tenant, page) => pageOf([...world.batches.values()].toReversed(), page),
    task: async (_tenant, id) => world.tasks.get(id),
    submitter: async (_tenant, id) => world.jobs.get(id)?.actor,
    tasks: async (_tenant, { state, jobId, planId }, page) =>
      pageOf(
        [...world.tasks.values()].filter(
          (task) =>
            (!state || state.includes(task.state)) &&
            (!jobId || jobId === task.jobId) &&
            (!planId || planId === task.planId),
        ),
        page,
      ),
    workflows: async () => [...world.workflows.values()],
    workflow: async (_tenant, key, version) => {
      const found = world.workflows.get(key)
      return found && (version === undefined || found.version === version) ? found : undefined
    },
    verifiedOutcomes: async () => [],
    stages: async () => [...world.stages.values()],
    pastDecisions: async (_tenant, { policy }, { after, scan }) => {
      const from = Number(after ?? 0)
      const page = world.pastDecisions.slice(from, from + scan)
      const items = page.filter(({ decision }) => policy === undefined || decision.policy === policy)
      return { items, scanned: page.length, next: page.length === scan ? String(from + scan) : null }
    },
    settings: async () => ({ timeZone: world.timeZone }),
    policies: async () => [...world.policies.values()].map((versions) => policyView(versions)!),
    policy: async (_tenant, name, version) => policyView(world.policies.get(name), version),
    counts: async (tenantId) => {
      const jobs: Record<string, number> = {}
      const steps: Record<string, Record<string, number>> = {}
      for (const { state, job } of own(tenantId)) {
        jobs[state] = (jobs[state] ?? 0) + 1
        for (const [stage, step] of Object.entries(job.steps)) {
          steps[stage] = { ...steps[stage], [step.state]: (steps[stage]?.[step.state] ?? 0) + 1 }
        }
      }
      return { jobs, steps }
    },
    events: async (_tenant, after, limit) => {
      const start = after === null ? 0 : world.events.findIndex(({ cursor }) => cursor === after) + 1
      const events = world.events.slice(start, start + limit)
      return { events, cursor: events.at(-1)?.cursor ?? after ?? '0' }
    },
    presentCursor: async () => {
      world.openStreams++
      return world.events.at(-1)?.cursor ?? '0'
    },
    compareCursors: (one, other) => placeOf(one) - placeOf(other),
  }
}

const placeOf = (cursor: string): number => Number(cursor.replace('c', ''))

function pageOf<Row extends { id: string }>(rows: readonly Row[], { cursor, limit }: PageRequest): Page<Row> {
  const at = cursor === undefined ? 0 : rows.findIndex(({ id }) => id === cursor) + 1
  if (cursor !== undefined && at === 0) throw new DataError('record.bad_cursor', 'The cursor is not one of ours')
  const items = rows.slice(at, at + limit)
  return { items, next: at + limit < rows.length ? (items.at(-1)?.id ?? null) : null }
}
