/**
 * The checker of invariants: whatever happened to an installation, is its record still what it promises to be? A program
 * of its own, that shares no code with what it judges but the names of the states. It only reads, in one snapshot.
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { CheckLimits } from './check-limits.ts'
import { checkRecord, type CheckRequest } from './check-record.ts'
import { printReport, reportOf } from './report.ts'

const HELP = `Checks that a record of Stageline holds what it promises. Reads only, in one snapshot.

  node test/fault/check/check.ts --database URL [options]

  --database URL         a superuser's, or that of the role "worker": both see the rows of all tenants
  --recorder FILE        what was seen from outside, one JSON object a line; without it promises are not checked
  --redis URL            looks into the queues, too
  --prefix P             prefix of the queues (STAGELINE_QUEUE_PREFIX); default stageline
  --unquiesced           work is going on: leaves out what only holds when all of it is done
  --json FILE            writes the report there as well
  --clock-slack MS       how far the clocks of two processes may disagree; default 1000
  --overdue MS           how long a queued step may go unattended; default 60000
  --leftover MS          how long a message may outlive its steps; default 600000
  --max-attempts N       tries of a step where neither job nor workflow say it; default 4
  --stage-attempts S=N   the same for a stage that says so itself; may be repeated

Ends with 0 when everything holds, 1 when something does not, 2 when it could not be checked.

  node test/fault/check/check.ts --database "$DATABASE_URL" --redis "$REDIS_URL" --unquiesced
  node test/fault/check/check.ts --database postgres://postgres@localhost/stageline --recorder run.ndjson --json report.json`

const Arguments = z.object({
  database: z.url({ protocol: /^postgres(ql)?$/, error: 'must be postgres://…' }),
  recorder: z.string().optional(),
  redis: z.string().optional(),
  prefix: z.string().default('stageline'),
  unquiesced: z.boolean().default(false),
  json: z.string().optional(),
})

const text = { type: 'string' } as const
const OPTIONS = {
  database: text,
  recorder: text,
  redis: text,
  prefix: text,
  json: text,
  unquiesced: { type: 'boolean' },
  'clock-slack': text,
  overdue: text,
  leftover: text,
  'max-attempts': text,
  'stage-attempts': { type: 'string', multiple: true },
} as const

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error)
  return 2
})

async function main(args: string[]): Promise<number> {
  if (args.length === 0 || args.includes('--help')) {
    console.log(HELP)
    return args.length === 0 ? 2 : 0
  }
  const { request, json } = parseCommand(args)
  const report = reportOf(await checkRecord(request))
  console.log(printReport(report))
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`)
  return report.holds ? 0 : 1
}

function parseCommand(args: string[]): { request: CheckRequest; json: string | undefined } {
  const { values } = parseArgs({ args, options: OPTIONS })
  const { database, recorder, redis, prefix, unquiesced, json } = Arguments.parse(values)
  const limits = CheckLimits.parse({
    clockSlackMs: values['clock-slack'],
    overdueMs: values.overdue,
    leftoverMs: values.leftover,
    maxAttempts: values['max-attempts'],
    stageAttempts: Object.fromEntries((values['stage-attempts'] ?? []).map((one) => one.split('='))),
  })
  return {
    request: {
      databaseUrl: database,
      recorder,
      redis: redis === undefined ? undefined : { url: redis, prefix },
      unquiesced,
      limits,
    },
    json,
  }
}
