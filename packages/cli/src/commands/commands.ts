import type { Command } from '../command.ts'
import { DECISION_COMMANDS } from './decisions.ts'
import { BULK_COMMANDS } from './bulk.ts'
import { health } from './health.ts'
import { JOB_COMMANDS } from './jobs.ts'
import { pending } from './pending.ts'
import { run } from './run.ts'
import { SOURCE_COMMANDS } from './sources.ts'
import { status } from './status.ts'
import { submit } from './submit.ts'
import { TASK_COMMANDS } from './tasks.ts'

/** Everything that the command can do, in the order of its help. */
export const COMMANDS: readonly Command[] = [
  submit,
  run,
  status,
  pending,
  ...JOB_COMMANDS,
  ...BULK_COMMANDS,
  ...TASK_COMMANDS,
  ...SOURCE_COMMANDS,
  ...DECISION_COMMANDS,
  health,
]

/** Nouns, and what can be done with them. */
export const TOPICS: Readonly<Record<string, string>> = {
  jobs: 'Look at jobs and act on them',
  bulk: 'What was done to many jobs at once',
  tasks: 'Work that waits for people',
  sources: 'Where the records of batches come from',
  decisions: 'What policies decide, and decided',
}
