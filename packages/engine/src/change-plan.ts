import { canPlanGo, PLAN_EDGES, TASK_STATES, isOpenTask, type PlanState } from '@stageline/domain'
import type { ByWhom } from './change-task.ts'
import type { Decided, PlanView } from './ports/index.ts'

export type PlanAct = { to: Exclude<PlanState, 'draft'>; cancelsTasks: boolean }

/** The rules of a plan. One with open tasks is archived only together with them. */
export function changePlan(plan: PlanView, act: PlanAct & ByWhom, now: Date): Decided<PlanView> {
  const { to, cancelsTasks, actor, reason } = act
  if (!canPlanGo(plan.state, to)) {
    return {
      refused: { code: 'invalid_transition', what: 'plan', from: plan.state, to, allowed: PLAN_EDGES[plan.state] },
    }
  }
  const hasOpenTasks = TASK_STATES.some((state) => isOpenTask(state) && (plan.tasks[state] ?? 0) > 0)
  if (to === 'archived' && hasOpenTasks && !cancelsTasks) return { refused: { code: 'open_tasks' } }
  const at = now.toISOString()
  return {
    to: { ...plan, state: to, ...(to === 'active' ? { activatedAt: at } : { archivedAt: at }) },
    entry: { event: 'moved', actor, reason },
    cancelsTasks: to === 'archived',
  }
}
