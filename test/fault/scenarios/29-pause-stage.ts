import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { deathsIn } from '../line/crashes.ts'
import type { Scenario } from '../line/scenario.ts'
import { pauseStage, resumeStage } from '../line/stage-pause.ts'
import type { Rig } from '../line/start-rig.ts'

/** The stage that calls out: what is worked twice shows at the other side. */
const STAGE = 'enrichment'
const NOTHING_FAILS = { flaky: 0, permanent: 0, poison: 0 }
/** In all logs together; a pause is no trouble. */
const WARNINGS_AT_MOST = 5

export const pauseLong: Scenario = {
  row: 29,
  name: 'pause-stage',
  title: 'a stage is paused for minutes and resumed: no alarms, nothing twice',
  targetMs: 2_000,
  inTests: false,
  run: async (rig, trials, { minutes = 1 }) => {
    await trials.warmUp({ mix: NOTHING_FAILS })
    const before = { ...(await seen(rig)), calls: new Set(rig.calls.keys()) }
    let unready: string[] = []
    await trials.cause('pause', `${STAGE} ${minutes} min`, async () => {
      await pauseStage(rig, STAGE)
      await delay(minutes * 60_000)
      const ready = await Promise.all(rig.members.map((member) => member.isReady()))
      unready = rig.members.filter((_, i) => !ready[i]).map(({ name }) => name)
      await resumeStage(rig, STAGE)
    })
    const after = await seen(rig)
    const calls = [...rig.calls].filter(([key]) => !before.calls.has(key)).map(([, times]) => times)
    trials.figure('warnings', after.warnings - before.warnings)
    trials.figure('calls', calls.length)
    trials.expect(after.warnings - before.warnings <= WARNINGS_AT_MOST, 'a pause is nothing to be warned of')
    trials.expect(Math.max(...calls) === 1, 'nothing is done twice')
    trials.expect(after.tasks === before.tasks, 'nobody is called')
    trials.expect(unready.length === 0, `every process is ready, but ${unready.join(', ')}`)
    trials.expect(after.deaths === before.deaths, 'no process ends')
  },
}

/** What would call somebody, so far. */
async function seen(rig: Rig) {
  const { admin, folder } = rig
  const [row] = await admin.query<{ n: number }>('SELECT count(*)::int AS n FROM tasks')
  return { tasks: row!.n, deaths: deathsIn(rig), warnings: await warnings(join(folder, 'logs')) }
}

/** Lines in the logs of all processes: the rig has them written from `warn` on. */
async function warnings(logs: string): Promise<number> {
  const texts = await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')))
  return texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0)
}
