/** The same batches as by-cli.sh, by HTTP; README.md says what has to run. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask, say, until } from '../ask.ts'

type Sample = { businessKey: string; route: string; rule: string }
type Batch = {
  id: string
  total: number
  byState: Record<string, number>
  run: { state: string; finishedAt: string | null; read: number; submitted: number; skipped: number }
}
type Decision = { route: string; rule: string }
type Job = { id: string; businessKey: string; state: string; decisions: { decision: Decision }[] }
type Task = { title: string; type: string; cause: string }

say('Where the records come from, and where the first of them would go')
const source: object = JSON.parse(await readFile(join(import.meta.dirname, 'parts.source.json'), 'utf8'))
await ask('PUT', '/v1/sources/parts', source)
const { records } = await ask<{ records: Sample[] }>('POST', '/v1/sources/parts:preview', { workflow: 'part' })
for (const { businessKey, route, rule } of records) console.log(`${businessKey}  ${route.padEnd(10)}  ${rule}`)

say('A batch with a limit and a threshold')
const wish = { source: 'parts', workflow: 'part', limit: 50, filter: { minPriority: 0.7 }, onlyNew: false }
const begun = await ask<Batch>('POST', '/v1/batches', wish)
const atRest = ({ byState: { completed = 0, cancelled = 0, suspended = 0, failed = 0 } }: Batch): number =>
  completed + cancelled + suspended + failed
const batch = await until(
  () => ask<Batch>('GET', `/v1/batches/${begun.id}`),
  (seen) => seen.run.finishedAt !== null && atRest(seen) === seen.total,
)
const { read, submitted, skipped } = batch.run
console.log(`${batch.run.state}: ${read} read, ${submitted} submitted, ${skipped} below the threshold`)
console.log(batch.byState)

say('Who got which item, by which rule, and what became of it')
const { items: jobs } = await ask<{ items: Job[] }>('GET', `/v1/jobs?batch=${batch.id}`)
for (const { id } of jobs) {
  const { businessKey, state, decisions } = await ask<Job>('GET', `/v1/jobs/${id}`)
  const { route, rule } = decisions[0]!.decision
  console.log(`${businessKey}  ${route.padEnd(10)}  ${rule.padEnd(20)}  ${state}`)
}

say('What automation was given, and gave up: who has it now')
const { items: fallbacks } = await ask<{ items: Task[] }>('GET', `/v1/tasks?batch=${batch.id}&fallback=true`)
for (const { title, type, cause } of fallbacks) console.log(`${type.padEnd(6)}  ${title}  (${cause})`)

say('What waits for people')
const { items: tasks } = await ask<{ items: Task[] }>('GET', '/v1/tasks?state=new&priority=high&limit=20')
for (const { type, title, cause } of tasks) console.log(`${type.padEnd(6)}  ${title}  (${cause})`)
