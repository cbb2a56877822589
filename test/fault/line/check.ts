import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'

const CHECKER = resolve(import.meta.dirname, '../check/check.ts')

const Verdict = z.looseObject({
  accepted: z.number(),
  lost: z.number(),
  doubled: z.number(),
  illegal: z.number(),
  stuck: z.number(),
  invariants: z.array(
    z.looseObject({
      id: z.string(),
      holds: z.boolean(),
      count: z.number(),
      examples: z.array(z.unknown()).default([]),
    }),
  ),
})

/** What the checker found: a program of its own that shares nothing with the rig but the recorder's file. */
export type Verdict = z.infer<typeof Verdict> & { violations: string[] }

/**
 * Runs the checker. `quiesced`: nothing is under way any more, so that whatever is open must rest for a reason.
 *
 * @throws Error with what the checker said when it could not check at all.
 */
export async function runChecker(options: {
  databaseUrl: string
  redisUrl?: string
  prefix: string
  recorder: string
  quiesced: boolean
}): Promise<Verdict> {
  const { databaseUrl, redisUrl, prefix, recorder, quiesced } = options
  const report = join(recorder, '..', 'check.json')
  const args = [CHECKER, '--database', databaseUrl, '--recorder', recorder, '--json', report]
  if (redisUrl) args.push('--redis', redisUrl, '--prefix', prefix)
  if (!quiesced) args.push('--unquiesced')
  const { code, said } = await run(args)
  if (code !== 0 && code !== 1) throw new Error(`The checker ended with ${code}:\n${said}`)
  const verdict = Verdict.parse(JSON.parse(await readFile(report, 'utf8')))
  const broken = verdict.invariants.filter(({ holds }) => !holds)
  return {
    ...verdict,
    violations: broken.map(({ id, count, examples }) => `${id}: ${count}, such as ${JSON.stringify(examples[0])}`),
  }
}

/** Politely: what is measured must not wait for what checks it. */
function run(args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    execFile('nice', ['-n', '10', process.execPath, ...args], { maxBuffer: 64e6 }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code ?? 2) : 0, said: `${stdout}${stderr}` }),
    )
  })
}
