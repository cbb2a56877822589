import type { Observer } from '@stageline/domain'
import type { Decide, Edited, TaskDesk } from '@stageline/engine/ports'

/** The same desk, which also counts what moved from a state to another and what was not allowed to. */
export function countTransitions(desk: TaskDesk, observer: Pick<Observer, 'count'>): TaskDesk {
  const count = (entity: 'task' | 'plan', outcome: 'success' | 'rejected') =>
    observer.count('transitions', 1, { entity, outcome })
  const counted = async <View extends { state: string }>(
    entity: 'task' | 'plan',
    decide: Decide<View>,
    edit: (decide: Decide<View>) => Promise<Edited<View>>,
  ): Promise<Edited<View>> => {
    let from: string | undefined
    const edited = await edit((view, now) => {
      from = view.state
      return decide(view, now)
    })
    if (edited.kind === 'changed' && edited.view.state !== from) count(entity, 'success')
    if (edited.kind === 'refused' && edited.refusal.code === 'invalid_transition') count(entity, 'rejected')
    return edited
  }
  return {
    ...desk,
    editTask: (tenantId, id, decide) => counted('task', decide, (watched) => desk.editTask(tenantId, id, watched)),
    editPlan: (tenantId, id, decide) => counted('plan', decide, (watched) => desk.editPlan(tenantId, id, watched)),
  }
}
