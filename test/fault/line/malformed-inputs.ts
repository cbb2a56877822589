import { DEFINITION } from './job-mix.ts'

/** What a gateway must not take, alone or as a line of a bulk request; `value` is JSON text, of whatever form. */
const MALFORMED: readonly { name: string; value: string; status: number }[] = [
  { name: 'NUL', value: '"a\\u0000b"', status: 400 },
  { name: 'a lone surrogate', value: '"a\\ud800b"', status: 400 },
  { name: '10,000 levels', value: '['.repeat(10_000) + ']'.repeat(10_000), status: 400 },
  { name: '1e400', value: '1e400', status: 400 },
  { name: 'half a text', value: '"half', status: 400 },
  { name: '20,000 items', value: `[${'0,'.repeat(20_000)}0]`, status: 400 },
  { name: '50 MB', value: `"${'x'.repeat(50_000_000)}"`, status: 413 },
]

/** A submission like any other, but for one value of its input. */
const bodyWith = (value: string, marker: string): string =>
  `{"workflow":"${DEFINITION.key}","input":{"marker":"${marker}","script":{},"value":${value}}}`

export type Answered = { name: string; expected: number; status: number; neighbours: readonly number[] }

/** Sends each of them alone and between two good lines, and says how it was answered. */
export async function sendMalformed(url: string, { apiKey, marker }: { apiKey: string; marker: string }) {
  const answers: Answered[] = []
  const post = (path: string, type: string, body: string) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': type },
      body,
    })
  const good = bodyWith('1', marker)
  for (const { name, value, status: expected } of MALFORMED) {
    const bad = bodyWith(value, marker)
    const alone = await post('/v1/jobs', 'application/json', bad)
    await alone.body?.cancel()
    answers.push({ name, expected, status: alone.status, neighbours: [] })
    const bulk = await post('/v1/jobs:bulk', 'application/x-ndjson', [good, bad, good].join('\n'))
    const lines = (await bulk.text()).trim().split('\n')
    const [before = 0, status = 0, after = 0] = lines.map((line) => (JSON.parse(line) as { status: number }).status)
    answers.push({ name: `${name}, in a line`, expected, status, neighbours: [before, after] })
  }
  return answers
}
