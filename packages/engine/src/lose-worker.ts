import type { Crash } from '@stageline/domain'
import { endStep } from './end-step.ts'
import type { JobDraft } from './job-draft.ts'
import { suspend } from './suspend.ts'

/**
 * How many workers may go down with a step before it goes to a person: twice beside others, which may have been their
 * doing, and twice alone in quarantine, where the first may have been a kill from outside.
 */
export const MAX_CRASHES = 4

/** A worker went down with this claimed step: it is queued again, in the end in quarantine, or goes to a person. */
export function loseWorker(draft: JobDraft, key: string, crash: Crash, actor: string): void {
  const { suspend: asked, crashes: before = [], worker } = draft.step(key)
  const crashes = [...before, worker === undefined ? crash : { worker, ...crash }]
  draft.patch(key, { crashes })
  if (asked) return suspend(draft, key, [], { cause: 'suspended', ...asked })
  if (crashes.length >= MAX_CRASHES) return condemn(draft, key, crashes, actor)
  draft.go(key, ['queued'])
  draft.note(key, { actor, reason: crash.how === 'lease_expired' ? 'lease_expired' : 'worker_crashed' })
}

function condemn(draft: JobDraft, key: string, crashes: readonly Crash[], actor: string): void {
  const message = `${crashes.length} workers went down with this step, the last ones with nothing else in hand`
  endStep(
    draft,
    {
      kind: 'failed',
      step: key,
      fence: draft.step(key).fence,
      startedAt: draft.now.toISOString(),
      worker: actor,
      failure: { kind: 'poison', code: 'stage.crash_loop', message, details: { crashes } },
    },
    {},
  )
}
