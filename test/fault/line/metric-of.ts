import type { Member } from './member.ts'

/** A counter of one process since it started, over all its labels; 0 where it has not counted yet. */
export async function metricOf({ port }: Member, name: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(5_000) })
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith(`stageline_${name}_total`))
  return lines.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0)
}

/** How many outcomes of this process were dropped since it started: somebody else had the step by then. */
export const lateOutcomes = (member: Member): Promise<number> => metricOf(member, 'duplicate_executions')
