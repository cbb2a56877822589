import type { components } from '@stageline/client'
import { ask } from '../ask.ts'
import { command, option, type Context } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { confirm } from '../confirm.ts'
import { EXIT } from '../exit-codes.ts'
import { readJsonObject } from '../input/read-text.ts'
import type { Job } from '../waiting.ts'
import { withoutGaps } from '../without-gaps.ts'
import { showState } from './job-text.ts'

type RetryBody = { reason?: string; from?: string; input?: components['schemas']['SubmitJob']['input'] }

const EXAMPLE = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071'
const JOB = [{ name: '<id>', about: 'id of the job' }] as const
const path = (id: string) => ({ path: { id } })

export const retryJob = command<{ reason?: string; from?: string; input?: string }>({
  name: 'jobs retry',
  summary: 'Work failed or suspended steps again, or replay a job as a new one',
  about:
    'With --from or --input, and on a job that has ended, a new job is made that takes over the outputs before the step; its id is the answer.',
  arguments: JOB,
  options: [
    option('--reason <text>', 'why; stands in the history'),
    option('--from <step>', 'make a new job from this step on'),
    option('--input <json>', 'another input for the new job: JSON, @file, or - for stdin'),
  ],
  examples: [
    {
      does: 'Again, now that the service is back',
      line: `stageline jobs retry ${EXAMPLE} --reason 'The service is back'`,
    },
    { does: 'A new job from a step on', line: `stageline jobs retry ${EXAMPLE} --from enrichment` },
  ],
  run: async (context, [id = ''], { input, ...same }) => {
    const given = input === undefined ? undefined : await readJsonObject('--input', input, context.source)
    // The input is whatever the workflow takes; the line checks it.
    const body: RetryBody = withoutGaps({ ...same, input: given })
    const answer = await ask(context.client.http.POST('/v1/jobs/{id}:retry', { params: path(id), body }))
    if ('state' in answer) return showJob(context, answer)
    context.out.show(answer, () => `The new job ${answer.id} replays ${id}`)
  },
})

export const cancelJob = command<{ reason?: string; yes?: boolean }>({
  name: 'jobs cancel',
  summary: 'End a job; what works on it is told to stop',
  about: 'It cannot be taken back, so it asks first, and without a terminal wants --yes.',
  arguments: JOB,
  options: [option('--reason <text>', 'why; stands in the history'), option('--yes', 'do not ask')],
  examples: [
    { does: 'After a question', line: `stageline jobs cancel ${EXAMPLE}` },
    { does: 'In a script', line: `stageline jobs cancel ${EXAMPLE} --yes --reason 'Submitted twice'` },
  ],
  run: async (context, [id = ''], { reason, yes }) => {
    await confirm(context, `End job ${id} for good?`, withoutGaps({ yes }))
    const body = withoutGaps({ reason })
    showJob(context, await ask(context.client.http.POST('/v1/jobs/{id}:cancel', { params: path(id), body })))
  },
})

export const suspendJob = command<{ reason: string }>({
  name: 'jobs suspend',
  summary: 'Stop a job after the step in hand and give it to a person',
  arguments: JOB,
  options: [option('--reason <text>', 'why; the person reads it').makeOptionMandatory()],
  examples: [
    { does: 'Have it looked at', line: `stageline jobs suspend ${EXAMPLE} --reason 'The sender looks wrong'` },
  ],
  run: async (context, [id = ''], { reason }) => {
    showJob(
      context,
      await ask(context.client.http.POST('/v1/jobs/{id}:suspend', { params: path(id), body: { reason } })),
    )
  },
})

export const resumeJob = command<{ reason?: string }>({
  name: 'jobs resume',
  summary: 'Let a suspended job go on: its steps are worked again',
  about:
    'As a retry, but of a suspended job only: one that has ended is never replayed by it. Its open task is closed.',
  arguments: JOB,
  options: [option('--reason <text>', 'why; stands in the history')],
  examples: [{ does: 'Go on', line: `stageline jobs resume ${EXAMPLE} --reason 'The sender is known'` }],
  run: async (context, [id = ''], { reason }) => {
    const { http } = context.client
    const { state } = await ask(http.GET('/v1/jobs/{id}', { params: path(id) }))
    if (state !== 'suspended') {
      throw new CommandError(`Job ${id} is ${state}; only a suspended one can be resumed`, {
        code: EXIT.refused,
        mend: [`Look at it: stageline jobs get ${id}`],
      })
    }
    const answer = await ask(http.POST('/v1/jobs/{id}:retry', { params: path(id), body: withoutGaps({ reason }) }))
    if ('state' in answer) return showJob(context, answer)
    context.out.show(answer, () => `Job ${id} had ended meanwhile; the new job ${answer.id} replays it`)
  },
})

function showJob({ out }: Context, job: Job): void {
  out.show(job, () => `Job ${job.id} is ${showState(job.state, out)}`)
}
