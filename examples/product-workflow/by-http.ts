/** A product whose image is missing: retries, a person, and the end; README.md says what has to run. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask, say, until } from '../ask.ts'

type Job = { id: string; state: string; openTasks: string[]; lastError: { code: string; message: string } | null }
type Entry = { event: string; at: string; step: string | null; path: string[]; jobTo: string; reason: string | null }

const [, , folder = 'images'] = process.argv
const RECORD = { name: 'Kettle Alba 1.7 l', brand: 'Exemplar', price: 39.9, currency: 'EUR' }

const jobOf = (id: string): Promise<Job> => ask('GET', `/v1/jobs/${id}`)
const untilState = (id: string, ...states: string[]): Promise<Job> =>
  until(
    () => jobOf(id),
    ({ state }) => states.includes(state),
  )
const historyOf = async (id: string): Promise<Entry[]> =>
  (await ask<{ items: Entry[] }>('GET', `/v1/jobs/${id}/history`)).items

async function submit(image: string): Promise<string> {
  const job = { workflow: 'product-with-image', input: { record: RECORD, image } }
  return (await ask<{ id: string }>('POST', '/v1/jobs', job)).id
}

say('A workflow with a stage of its own')
const definition: object = JSON.parse(await readFile(join(import.meta.dirname, 'workflow.json'), 'utf8'))
const { version } = await ask<{ version: number }>('PUT', '/v1/workflows/product-with-image', definition)
console.log(`product-with-image, version ${version}`)

say('The image is missing: four tries, then a person')
const image = `kettle-${Date.now()}.png`
const first = await submit(image)
const { openTasks, lastError } = await untilState(first, 'suspended')
const tries = (await historyOf(first)).filter(({ path }) => path.includes('failed')).map(({ at }) => Date.parse(at))
for (const [i, at] of tries.entries())
  console.log(i === 0 ? 'try 1' : `try ${i + 1}, ${Math.floor((at - tries[i - 1]!) / 1000)} s later`)
console.log(`${lastError?.message}; task ${openTasks[0]}`)

say('The image is put there, and a person has it tried again')
await writeFile(join(folder, image), 'An image, for all that matters here')
await ask('POST', `/v1/jobs/${first}:retry`, { reason: 'The image is there now' })
console.log((await untilState(first, 'completed')).state)
for (const { event, step, path, reason } of await historyOf(first))
  console.log(`  ${event} ${step ?? ''} ${path.join(' → ')}${reason === null ? '' : ` (${reason})`}`)

say('Suspended with a reason, and cancelled')
const second = await submit('never.png')
await untilState(second, 'retrying')
await ask('POST', `/v1/jobs/${second}:suspend`, { reason: 'Suspicious content detected' })
console.log((await untilState(second, 'suspended')).state)
await ask('POST', `/v1/jobs/${second}:cancel`, { reason: 'It was suspicious indeed' })
for (const { event, jobTo, reason } of await historyOf(second))
  console.log(`  ${event}, job ${jobTo}${reason === null ? '' : ` (${reason})`}`)

say('How the stage does')
const { items: stages } = await ask<{ items: { stage: string; steps: object }[] }>('GET', '/v1/stages')
console.log(stages.find(({ stage }) => stage === 'image-fetch')?.steps)
