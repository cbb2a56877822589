import type { components } from '@stageline/client'
import { ask, askPages } from '../ask.ts'
import { command, countOption, type Command } from '../command.ts'
import { showAge } from '../output/plain-text.ts'
import { table, type Column } from '../output/table.ts'
import { cancelJob, resumeJob, retryJob, suspendJob } from './job-actions.ts'
import { filterFrom, filterOptions, type FilterOptions } from './job-filter.ts'
import { historyText, jobText } from './job-text.ts'

type JobSummary = components['schemas']['JobSummary']
const EXAMPLE = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071'

const COLUMNS: Column<JobSummary>[] = [
  { title: 'job', of: ({ id }) => id },
  { title: 'state', of: ({ state }) => state },
  { title: 'stage', of: ({ stage }) => stage ?? '–', shrinkTo: 8 },
  { title: 'workflow', of: ({ workflow }) => workflow, shrinkTo: 6 },
  { title: 'key', of: ({ businessKey }) => businessKey ?? '–', shrinkTo: 4 },
  { title: 'age', of: ({ createdAt }) => showAge(createdAt), align: 'right' },
]

const listJobs = command<FilterOptions & { limit: number }>({
  name: 'jobs list',
  summary: 'List jobs, newest first',
  options: [...filterOptions(), countOption('--limit <n>', 'at most so many').default(20)],
  examples: [
    { does: 'The latest', line: 'stageline jobs list' },
    { does: 'What waits or failed', line: 'stageline jobs list --state suspended,failed --limit 100' },
    { does: 'By your own name for it', line: 'stageline jobs list --business-key LM358N --json' },
  ],
  run: async ({ client, out }, _, { limit, ...options }) => {
    // What is wrong in it the line says, and what there is.
    const filter = filterFrom(options) ?? {}
    const page = await askPages(limit, (paging) =>
      client.http.GET('/v1/jobs', { params: { query: { ...filter, ...paging } } }),
    )
    out.show(page, () => (page.items.length === 0 ? 'No job fits' : table(page.items, COLUMNS, out.width)))
    if (page.next !== null) out.note(out.paint('dim', `There are more: --limit shows up to 10000`))
  },
})

const getJob = command({
  name: 'jobs get',
  summary: 'Show a job with its steps',
  arguments: [{ name: '<id>', about: 'id of the job' }],
  examples: [
    { does: 'For reading', line: `stageline jobs get ${EXAMPLE}` },
    { does: 'As the API gives it', line: `stageline jobs get ${EXAMPLE} --json` },
  ],
  run: async ({ client, out }, [id = '']) => {
    const job = await ask(client.http.GET('/v1/jobs/{id}', { params: { path: { id } } }))
    out.show(job, () => jobText(job, out))
  },
})

const getResult = command({
  name: 'jobs result',
  summary: 'Print what a job has come to, as JSON',
  arguments: [{ name: '<id>', about: 'id of the job' }],
  examples: [
    { does: 'What was found', line: `stageline jobs result ${EXAMPLE}` },
    { does: 'With the output of every step', line: `stageline jobs result ${EXAMPLE} --json` },
  ],
  run: async ({ client, out }, [id = '']) => {
    const whole = await ask(client.http.GET('/v1/jobs/{id}/result', { params: { path: { id } } }))
    if (whole.result === null) out.note(`The job is ${whole.state} and has no result; --json shows what its steps gave`)
    out.show(whole, () => JSON.stringify(whole.result, undefined, 2))
  },
})

const getHistory = command({
  name: 'jobs history',
  summary: 'Show everything that happened to a job, in order',
  arguments: [{ name: '<id>', about: 'id of the job' }],
  examples: [
    { does: 'For reading', line: `stageline jobs history ${EXAMPLE}` },
    { does: 'With all details', line: `stageline jobs history ${EXAMPLE} --json` },
  ],
  run: async ({ client, out }, [id = '']) => {
    const history = await ask(client.http.GET('/v1/jobs/{id}/history', { params: { path: { id } } }))
    out.show(history, () => historyText(history.items, out))
  },
})

export const JOB_COMMANDS: readonly Command[] = [
  listJobs,
  getJob,
  getResult,
  getHistory,
  retryJob,
  cancelJob,
  suspendJob,
  resumeJob,
]
