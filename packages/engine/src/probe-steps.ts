import type { Message, StepEnd } from './ports/index.ts'
import type { StageGate } from './stage-gate.ts'

type Probe = { ends: StepEnd[]; rest: Message['steps'] }

/** One step after the other, until one has shown how the stage is; the rest has not been tried. */
export async function probeSteps(
  steps: Message['steps'],
  execute: (step: Message['steps'][number]) => Promise<StepEnd>,
  gate: Pick<StageGate, 'probed' | 'leaveProbe'>,
): Promise<Probe> {
  const ends: StepEnd[] = []
  try {
    for (const step of steps) {
      const end = await execute(step)
      ends.push(end)
      const answer = await gate.probed(end)
      if (answer !== 'unclear') return { ends, rest: steps.slice(ends.length) }
    }
    return { ends, rest: [] }
  } finally {
    gate.leaveProbe()
  }
}
