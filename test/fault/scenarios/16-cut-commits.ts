import { waitFor } from '@stageline/testkit'
import type { Member } from '../line/member.ts'
import type { Scenario } from '../line/scenario.ts'

const TIMES = 200
/** Of the commits: some come through, so that the line goes on while it is cut. */
const SHARE = 0.3
const WITHIN_MS = 60_000

type Fate = 'answered' | 'forwarded'

export const cutCommits: Scenario = {
  row: 16,
  name: 'cut-commits',
  title: 'a connection that is cut during COMMIT leaves nothing done twice and nothing undone',
  inTests: true,
  run: async (rig, trials) => {
    await trials.warmUp()
    const drawn: { group: string; fate: Fate }[] = []
    const cutSome = (member: Member) => (bytes: Buffer) => {
      if (drawn.length === TIMES || !isCommit(bytes) || !rig.random.chance(SHARE)) return undefined
      const fate = rig.random.pick<Fate>(['answered', 'forwarded'])
      drawn.push({ group: member.group, fate })
      return fate
    }
    const cut = () => rig.members.reduce((sum, { postgres }) => sum + postgres.interrupted(), 0)
    const before = cut()
    await trials.cause('cut during COMMIT', `${TIMES} times`, async () => {
      for (const member of rig.members) member.postgres.interrupt(cutSome(member))
      await waitFor(() => cut() - before === TIMES, { timeoutMs: WITHIN_MS, message: `${TIMES} commits to be cut` })
      for (const { postgres } of rig.members) postgres.interrupt(undefined)
    })
    trials.figure('commits cut', cut() - before)
    for (const fate of ['answered', 'forwarded'] as const)
      trials.figure(`cut when ${fate}`, drawn.filter((one) => one.fate === fate).length)
    for (const group of new Set(rig.members.map((member) => member.group)))
      trials.expect(
        drawn.some((one) => one.group === group),
        `commits of ${group} are cut`,
      )
  },
}

/** The end of a transaction, or a statement that records and is one of its own. */
const isCommit = (bytes: Buffer): boolean => bytes.includes('COMMIT\0') || bytes.includes('\0record-writes\0')
