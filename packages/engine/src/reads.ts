import type { LoadedJob } from './ports/index.ts'

/** What the steps of a job read, as JSON, so that no handler sees what another makes of it; outputs without their brackets. */
export type Reads = { input: string; outputs: string }

export function readsOf({ input, outputs }: Pick<LoadedJob, 'input' | 'outputs'>): Reads {
  return { input: JSON.stringify(input), outputs: JSON.stringify(outputs).slice(1, -1) }
}

/** With what a step has made, as the record will give it back. */
export function withOutput({ input, outputs }: Reads, step: string, output: unknown): Reads {
  const text = JSON.stringify(output) as string | undefined
  if (text === undefined) return { input, outputs }
  return { input, outputs: `${outputs}${outputs === '' ? '' : ','}${JSON.stringify(step)}:${text}` }
}

/** As the record would give it. */
export function readAnew({ input, outputs }: Reads): Pick<LoadedJob, 'input' | 'outputs'> {
  return JSON.parse(`{"input":${input},"outputs":{${outputs}}}`) as Pick<LoadedJob, 'input' | 'outputs'>
}
