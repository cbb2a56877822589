import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { countAnswers } from '../line/count-answers.ts'
import type { Member } from '../line/member.ts'
import { percentile99 } from '../line/percentile.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'

const ROUNDS = 20
const TARGET_MS = 10_000
const STEADY_MS = 20_000
const FAILURES_AT_MOST = 0.001
const SLOWER_AT_MOST = 2
const NOTHING_FAILS = { flaky: 0, permanent: 0, poison: 0 }

export const rollingRestart: Scenario = {
  row: 25,
  name: 'rolling-restart',
  title: `every process is stopped and started again, one after the other, ${ROUNDS} times: no request and no job notices`,
  targetMs: TARGET_MS,
  inTests: false,
  // A gateway that stops answers on for longer than whoever asks takes to notice that it is not ready any more.
  rig: { env: { STAGELINE_GATEWAY_LINGER_MS: '2000' } },
  run: async (rig, trials) => {
    await trials.warmUp({ mix: NOTHING_FAILS, bulk: 0, slowMs: 50 })
    const steadyFrom = rig.load.counts().answerMs.length
    await delay(STEADY_MS)
    const before = p99(rig, steadyFrom)
    const from = rig.load.counts().answerMs.length
    using answers = countAnswers(rig.recorder)
    let longestStopMs = 0
    for (let round = 1; round <= ROUNDS; round += 1) {
      const tookMs: number[] = []
      const restartAll = async () => {
        for (const member of rig.members) {
          const { stopMs, startMs } = await restart(member)
          longestStopMs = Math.max(longestStopMs, stopMs)
          tookMs.push(stopMs + startMs)
        }
      }
      const measure = async () => tookMs
      await trials.cause('rolling restart', `round ${round}`, restartAll, { measure, alongside: true })
    }
    await trials.checked()
    const during = p99(rig, from)
    const failed = answers.failed() / answers.all()
    const counted = await rig.admin.query('SELECT 1 FROM history WHERE attempt > 1 LIMIT 1')
    trials.figure('restarts', ROUNDS * rig.members.length)
    trials.figure('longest stop', `${Math.round(longestStopMs)} ms`)
    trials.figure('failed answers', `${answers.failed()} of ${answers.all()}`)
    trials.figure('p99 of answers', `${Math.round(before)} ms, during ${Math.round(during)} ms`)
    trials.expect(failed <= FAILURES_AT_MOST, 'at most one answer in a thousand is a 5xx or does not come')
    trials.expect(
      during <= 2 * SLOWER_AT_MOST * before,
      `answers take ${SLOWER_AT_MOST} times as long, twice that at worst`,
    )
    trials.expect(counted.length === 0, 'no attempt is counted')
  },
}

async function restart(member: Member): Promise<{ stopMs: number; startMs: number }> {
  const from = performance.now()
  await member.stop(2 * TARGET_MS)
  const stopped = performance.now()
  member.start()
  await member.whenReady(60_000)
  return { stopMs: stopped - from, startMs: performance.now() - stopped }
}

const p99 = ({ load }: Rig, from: number): number => percentile99(load.counts().answerMs.slice(from))
