import { isOpenTask } from '@stageline/domain'
import type { RecordWriter, TaskChange, TaskView } from '@stageline/engine/ports'
import { workflowView, type FakeWorld } from './fake-world.ts'

export const fakeWriter = (world: FakeWorld): RecordWriter => ({
  createBatch: async (_tenant, { id, name, actor }) => {
    world.batches.set(id, { id, name, actor, createdAt: world.now.toISOString(), total: 0, byState: {} })
  },
  claimTask: async (_tenant, id, actor, leaseMs) =>
    change(world, id, actor, () => ({
      state: 'in_progress',
      assignee: actor,
      leaseUntil: new Date(world.now.getTime() + leaseMs).toISOString(),
    })),
  releaseTask: async (_tenant, id, actor) =>
    change(world, id, actor, () => ({ state: 'new', assignee: null, leaseUntil: null })),
  noteVerdict: async () => {},
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

function change(world: FakeWorld, id: string, actor: string, to: () => Partial<TaskView>): TaskChange {
  const task = world.tasks.get(id)
  if (!task) return { kind: 'unknown' }
  if (!isOpenTask(task.state)) return { kind: 'closed', task }
  if (task.assignee !== null && task.assignee !== actor) return { kind: 'held', task }
  const changed = { ...task, ...to() }
  world.tasks.set(id, changed)
  return { kind: 'changed', task: changed }
}
