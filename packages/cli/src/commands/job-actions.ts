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
import { actOnMany, manyOptions, type ManyOptions } from './many-jobs.ts'

type RetryBody = { reason?: string; from?: string; input?: components['schemas']['SubmitJob']['input'] }

const EXAMPLE = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071'
const JOB = [{ name: '[id]', about: 'id of the job; many jobs by the options of the filter' }] as const
const YES = option('--yes', 'do not ask')
const path = (id: string) => ({ path: { id } })

export const retryJob = command<ManyOptions & { from?: string; input?: string }>({
  name: 'jobs retry',
  summary: 'Work failed or suspended steps again, or replay a job as a new one',
  about:
    'With --from or --input, and on a job that has ended, a new job is made that takes over the outputs before the step; its id is the answer.',
  arguments: JOB,
  options: [
    option('--reason <text>', 'why; stands in the history'),
    option('--from <step>', 'make a new job from this step on'),
    option('--input <json>', 'another input for the new job: JSON, @file, or - for stdin'),
    YES,
    ...manyOptions(),
  ],
  examples: [
    {
      does: 'Again, now that the service is back',
      line: `stageline jobs retry ${EXAMPLE} --reason 'The service is back'`,
    },
    { does: 'A new job from a step on', line: `stageline jobs retry ${EXAMPLE} --from enrichment` },
    { does: 'All that failed alike', line: 'stageline jobs retry --error-code provider.unavailable --dry-run' },
  ],
  run: async (context, [id = ''], options) => {
    const { input, from, reason } = options
    if (id === '' && (from !== undefined || input !== undefined))
      throw new CommandError('--from and --input replay one job: name it')
    const many = await actOnMany(context, 'retry', id, options)
    if (many !== undefined) return many
    const given = input === undefined ? undefined : await readJsonObject('--input', input, context.source)
    // The input is whatever the workflow takes; the line checks it.
    const body: RetryBody = withoutGaps({ from, reason, input: given })
    const answer = await ask(context.client.http.POST('/v1/jobs/{id}:retry', { params: path(id), body }))
    if ('state' in answer) showJob(context, answer)
    else context.out.show(answer, () => `The new job ${answer.id} replays ${id}`)
    return EXIT.ok
  },
})

export const cancelJob = command<ManyOptions>({
  name: 'jobs cancel',
  summary: 'End a job; what works on it is told to stop',
  about: 'It cannot be taken back, so it asks first, and without a terminal wants --yes.',
  arguments: JOB,
  options: [option('--reason <text>', 'why; stands in the history'), YES, ...manyOptions()],
  examples: [
    { does: 'After a question', line: `stageline jobs cancel ${EXAMPLE}` },
    { does: 'All of a batch', line: `stageline jobs cancel --batch ${EXAMPLE} --reason 'Sent twice'` },
    { does: 'In a script', line: `stageline jobs cancel ${EXAMPLE} --yes --reason 'Submitted twice'` },
  ],
  run: async (context, [id = ''], options) => {
    const { reason, yes } = options
    const many = await actOnMany(context, 'cancel', id, options)
    if (many !== undefined) return many
    await confirm(context, `End job ${id} for good?`, withoutGaps({ yes }))
    const body = withoutGaps({ reason })
    showJob(context, await ask(context.client.http.POST('/v1/jobs/{id}:cancel', { params: path(id), body })))
    return EXIT.ok
  },
})

export const suspendJob = command<ManyOptions & { reason: string }>({
  name: 'jobs suspend',
  summary: 'Stop a job after the step in hand and give it to a person',
  arguments: JOB,
  options: [option('--reason <text>', 'why; the person reads it').makeOptionMandatory(), YES, ...manyOptions()],
  examples: [
    { does: 'Have it looked at', line: `stageline jobs suspend ${EXAMPLE} --reason 'The sender looks wrong'` },
  ],
  run: async (context, [id = ''], options) => {
    const { reason } = options
    const many = await actOnMany(context, 'suspend', id, options)
    if (many !== undefined) return many
    showJob(
      context,
      await ask(context.client.http.POST('/v1/jobs/{id}:suspend', { params: path(id), body: { reason } })),
    )
    return EXIT.ok
  },
})

export const resumeJob = command<ManyOptions>({
  name: 'jobs resume',
  summary: 'Let a suspended job go on: its steps are worked again',
  about:
    'As a retry, but of a suspended job only: one that has ended is never replayed by it. Its open task is closed.',
  arguments: JOB,
  options: [option('--reason <text>', 'why; stands in the history'), YES, ...manyOptions()],
  examples: [{ does: 'Go on', line: `stageline jobs resume ${EXAMPLE} --reason 'The sender is known'` }],
  run: async (context, [id = ''], options) => {
    const { reason } = options
    const many = await actOnMany(context, 'resume', id, options)
    if (many !== undefined) return many
    const { http } = context.client
    const { state } = await ask(http.GET('/v1/jobs/{id}', { params: path(id) }))
    if (state !== 'suspended') {
      throw new CommandError(`Job ${id} is ${state}; only a suspended one can be resumed`, {
        code: EXIT.refused,
        mend: [`Look at it: stageline jobs get ${id}`],
      })
    }
    const answer = await ask(http.POST('/v1/jobs/{id}:retry', { params: path(id), body: withoutGaps({ reason }) }))
    if ('state' in answer) showJob(context, answer)
    else context.out.show(answer, () => `Job ${id} had ended meanwhile; the new job ${answer.id} replays it`)
    return EXIT.ok
  },
})

function showJob({ out }: Context, job: Job): void {
  out.show(job, () => `Job ${job.id} is ${showState(job.state, out)}`)
}
