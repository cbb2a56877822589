import { canTaskGo, isOpenTask, TASK_EDGES, type TaskState } from '@stageline/domain'
import type { Decided, DeskRefusal, NewEntry, TaskView } from './ports/index.ts'

/** What a person does to a task; verdicts on steps are not among it (`resolveTask`). */
export type TaskAct =
  | { kind: 'claim'; leaseMs: number; takesOver: boolean }
  | { kind: 'release' }
  | { kind: 'transition'; to: TaskState }
  /** What is not named stays; null gives it to nobody. */
  | { kind: 'assign'; assignee?: string | null; group?: string | null }
  /** Until then nobody needs to look; null wakes it. */
  | { kind: 'snooze'; until: Date | null }
  | { kind: 'comment' }

export type ByWhom = { actor: string; reason: string | null }

const FREE = { assignee: null, leaseUntil: null } as const

/**
 * The rules of a task: what it becomes, and the entry that tells so, or why it may not. A claim with a running lease
 * keeps everybody else out; an assignment without one only says whose it is.
 */
export function changeTask(task: TaskView, act: TaskAct & ByWhom, now: Date): Decided<TaskView> {
  switch (act.kind) {
    case 'claim':
      return claim(task, act, now)
    case 'release':
      return release(task, act)
    case 'transition':
      return move(task, act, now)
    case 'assign':
      return assign(task, act, now)
    case 'snooze':
      return snooze(task, act, now)
    case 'comment':
      return { to: task, entry: tell('commented', act) }
    default:
      return act satisfies never
  }
}

/** Somebody else's lease runs. */
export const isHeldByAnother = (
  { assignee, leaseUntil }: Pick<TaskView, 'assignee' | 'leaseUntil'>,
  actor: string,
  now: Date,
): boolean => assignee !== null && assignee !== actor && leaseUntil !== null && new Date(leaseUntil) > now

type Of<Kind extends TaskAct['kind']> = Extract<TaskAct, { kind: Kind }> & ByWhom

const refuse = (code: Exclude<DeskRefusal['code'], 'invalid_transition'>): { refused: DeskRefusal } => ({
  refused: { code },
})
const tell = (event: NewEntry['event'], { actor, reason }: ByWhom, data?: Record<string, unknown>): NewEntry => ({
  event,
  actor,
  reason,
  ...(data === undefined ? {} : { data }),
})

function claim(task: TaskView, act: Of<'claim'>, now: Date): Decided<TaskView> {
  if (!isOpenTask(task.state)) return refuse('closed')
  const { actor, leaseMs, takesOver } = act
  const isLapsed = task.leaseUntil !== null && new Date(task.leaseUntil) <= now
  const isAnothers = task.assignee !== null && task.assignee !== actor && !isLapsed
  if (isAnothers && !takesOver) return refuse('held')
  const leaseUntil = new Date(now.getTime() + leaseMs).toISOString()
  const awake = { snoozedUntil: null, blockedReason: null }
  return {
    to: { ...task, ...awake, state: 'in_progress', assignee: actor, leaseUntil },
    entry: isAnothers
      ? tell('taken_over', act, { leaseUntil, from: task.assignee })
      : tell('claimed', act, { leaseUntil }),
  }
}

/** What nobody has is free already. */
function release(task: TaskView, act: Of<'release'>): Decided<TaskView> {
  if (!isOpenTask(task.state)) return refuse('closed')
  if (task.assignee === null && task.state !== 'in_progress') return { same: true }
  if (task.assignee !== null && task.assignee !== act.actor) return refuse('held')
  return { to: { ...task, ...FREE, state: begunAnew(task) }, entry: tell('released', act) }
}

function move(task: TaskView, act: Of<'transition'>, now: Date): Decided<TaskView> {
  const { to, actor, reason } = act
  if (!canTaskGo(task.state, to)) {
    return {
      refused: { code: 'invalid_transition', what: 'task', from: task.state, to, allowed: TASK_EDGES[task.state] },
    }
  }
  if (task.step !== null && !isOpenTask(to)) return refuse('needs_verdict')
  if (to === 'blocked' && reason === null) return refuse('needs_reason')
  if (isHeldByAnother(task, actor, now)) return refuse('held')
  const moved = { ...task, state: to, blockedReason: null }
  const entry = tell('moved', act)
  switch (to) {
    case 'new':
      return { to: { ...moved, ...FREE }, entry }
    case 'in_progress':
      return { to: { ...moved, assignee: task.assignee ?? actor, snoozedUntil: null }, entry }
    case 'blocked':
      return { to: { ...moved, leaseUntil: null, blockedReason: reason }, entry }
    case 'completed':
    case 'cancelled':
      return { to: { ...moved, ...closed(act, now) }, entry: tell('settled', act) }
    default:
      return to satisfies never
  }
}

const closed = ({ actor, reason }: ByWhom, now: Date) => ({
  leaseUntil: null,
  snoozedUntil: null,
  completedAt: now.toISOString(),
  verdictBy: actor,
  verdictReason: reason,
})

function assign(task: TaskView, act: Of<'assign'>, now: Date): Decided<TaskView> {
  if (!isOpenTask(task.state)) return refuse('closed')
  if (isHeldByAnother(task, act.actor, now)) return refuse('held')
  const { assignee = task.assignee, group = task.group } = act
  if (assignee === task.assignee && group === task.group) return { same: true }
  const changed = assignee === task.assignee ? {} : { state: begunAnew(task), leaseUntil: null }
  return { to: { ...task, ...changed, assignee, group }, entry: tell('assigned', act, { assignee, group }) }
}

function snooze(task: TaskView, act: Of<'snooze'>, now: Date): Decided<TaskView> {
  if (!isOpenTask(task.state)) return refuse('closed')
  if (act.until !== null && act.until <= now) return refuse('time_is_past')
  if (isHeldByAnother(task, act.actor, now)) return refuse('held')
  const snoozedUntil = act.until?.toISOString() ?? null
  if (snoozedUntil === task.snoozedUntil) return { same: true }
  const asleep = { ...task, ...FREE, state: begunAnew(task), snoozedUntil }
  return {
    to: act.until === null ? { ...task, snoozedUntil } : asleep,
    entry: tell('snoozed', act, { until: snoozedUntil }),
  }
}

/** Nobody works on it any more; what keeps it blocked still does. */
const begunAnew = ({ state }: TaskView): TaskState => (state === 'in_progress' ? 'new' : state)
