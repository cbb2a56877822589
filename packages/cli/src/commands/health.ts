import type { components } from '@stageline/client'
import { ask } from '../ask.ts'
import { command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { table } from '../output/table.ts'

type Stage = components['schemas']['Stage']

export const health = command({
  name: 'health',
  summary: 'Whether the line is ready, and its stages',
  about: 'Ends with 1 when a part that the line needs is missing. Stages are shown where the key is known.',
  examples: [
    { does: 'Is it ready', line: 'stageline health' },
    { does: 'For a script', line: 'stageline health --json' },
    { does: 'A line elsewhere', line: 'stageline health --url https://line.example.com' },
  ],
  run: async ({ client, url, out }) => {
    const found = await client.health()
    const stages = found.status === 'fail' ? [] : (await ask(client.http.GET('/v1/stages'))).items
    out.show({ url, ...found, stages: stages.map(summaryOf) }, () => {
      const mark =
        found.status === 'pass' ? out.paint('green', 'ready') : found.status === 'warn' ? 'ready, but' : 'not ready'
      const reason = found.reason === undefined ? '' : `: ${found.reason}`
      const below = stages.length === 0 ? '' : `\n\n${table(stages, COLUMNS, out.width)}`
      return `${url} is ${mark}${reason}${below}`
    })
    return found.status === 'fail' ? EXIT.failed : EXIT.ok
  },
})

const summaryOf = ({ stage, workers, paused, breaker, steps }: Stage) => ({
  stage,
  workers: workers.length,
  paused,
  breaker: breaker.state,
  steps,
})

const count =
  (state: string) =>
  ({ steps }: Stage) =>
    String(steps[state] ?? 0)

const COLUMNS = [
  { title: 'stage', of: ({ stage }: Stage) => stage, shrinkTo: 10 },
  { title: 'workers', of: ({ workers }: Stage) => String(workers.length), align: 'right' as const },
  { title: 'queued', of: count('queued'), align: 'right' as const },
  { title: 'processing', of: count('processing'), align: 'right' as const },
  { title: 'suspended', of: count('suspended'), align: 'right' as const },
  { title: 'holds', of: holdsOf, shrinkTo: 12 },
]

function holdsOf({ paused, pauseReason, breaker, limited }: Stage): string {
  if (paused) return `paused${pauseReason ? `: ${pauseReason}` : ''}`
  if (breaker.state !== 'closed') return `breaker ${breaker.state}${breaker.reason ? `: ${breaker.reason}` : ''}`
  return limited ? `limited until ${limited.until}` : ''
}
