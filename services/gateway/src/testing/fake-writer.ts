import type { RecordWriter } from '@stageline/engine/ports'
import { workflowView, type FakeWorld } from './fake-world.ts'

export const fakeWriter = (world: FakeWorld): RecordWriter => ({
  createBatch: async (_tenant, { id, name, actor }) => {
    world.batches.set(id, { id, name, actor, createdAt: world.now.toISOString(), total: 0, byState: {} })
  },
  saveWorkflow: async (_tenant, definition, _actor, ifVersion) => {
    const version = world.workflows.get(definition.key)?.version ?? 0
    if (ifVersion !== null && ifVersion !== version) return 'conflict'
    world.workflows.set(definition.key, workflowView(definition, version + 1))
    return { version: version + 1 }
  },
  saveSettings: async (_tenant, { timeZone }) => {
    world.timeZone = timeZone
    return 'saved'
  },
  savePolicy: async (_tenant, policy) => {
    const versions = world.policies.get(policy.name) ?? []
    if (versions.length !== policy.version - 1) return 'conflict'
    world.policies.set(policy.name, [...versions, policy])
    return 'saved'
  },
  setStagePaused: async (stage, { paused, actor, reason, until = null }) => {
    const changed = [...world.stages.values()]
      .filter((view) => stage === null || view.stage === stage)
      .map((view) => ({
        ...view,
        paused,
        pausedBy: paused ? actor : null,
        pauseReason: paused ? reason : null,
        pausedAt: paused ? world.now.toISOString() : null,
        pausedUntil: paused ? until : null,
      }))
    for (const view of changed) world.stages.set(view.stage, view)
    return changed
  },
  triggerStage: async () => 3,
})
