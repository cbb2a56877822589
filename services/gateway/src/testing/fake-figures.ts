import type { Figures, WindowFigures } from '@stageline/engine/ports'
import type { FakeWorld } from './fake-world.ts'

const DAY_MS = 86_400_000

/** Plain figures of one failure and one hour, so that it can be seen how they are told. */
export const fakeFigures = (world: FakeWorld): Figures => ({
  window: async (_tenant, ms) => ({
    ...WINDOW,
    from: new Date(world.now.getTime() - ms).toISOString(),
    to: world.now.toISOString(),
  }),
  failures: async () => [
    {
      kind: 'rate_limited',
      code: 'model.rate_limited',
      stage: 'extraction',
      failures: 5,
      jobs: 2,
      lastAt: world.now.toISOString(),
      lastJobId: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071',
    },
  ],
  hours: async () => [
    {
      hour: '2026-11-20T11:00:00.000Z',
      workflow: 'part',
      state: 'completed',
      class: 120,
      count: 142,
      totalMs: 142 * 47_300,
    },
  ],
  day: async (_tenant, date) => {
    const from = new Date(`${date ?? world.now.toISOString().slice(0, 10)}T00:00:00Z`)
    const to = new Date(from.getTime() + DAY_MS)
    return {
      date: from.toISOString().slice(0, 10),
      timeZone: world.timeZone,
      from: from.toISOString(),
      to: to.toISOString(),
    }
  },
  automation: async () => [
    { day: '2026-11-20', jobs: 5, isSample: false, toAutomation: 3, toPerson: 1, completed: 4, completedAlone: 3 },
    { day: '2026-11-21', jobs: 1, isSample: false, toAutomation: 1, toPerson: 0, completed: 0, completedAlone: 0 },
  ],
  desk: async () => ({
    open: 3,
    ages: { medianMs: 60_000, p90Ms: 7_200_000, oldestMs: 7_300_000 },
    isShortened: false,
    done: [{ day: '2026-11-20', person: 'ann', count: 12 }],
  }),
  activity: async (_tenant, limit) =>
    [...world.histories].slice(-limit).map(([jobId, [first]]) => {
      const { data: _data, failure: _failure, ...entry } = first!
      return { jobId, workflow: 'part', entry, code: null }
    }),
  atWork: async (tenantId, limit) =>
    [...world.jobs.values()]
      .filter((job) => job.tenantId === tenantId && job.finishedAt === null)
      .slice(0, limit)
      .map(({ id, workflow, state, updatedAt }) => ({
        jobId: id,
        workflow,
        jobState: state,
        step: 'classification',
        state: 'queued',
        retries: 0,
        lockedBy: null,
        lockAgeMs: null,
        until: null,
        reason: null,
        lastError: null,
        updatedAt,
      })),
})

const durations = (avgMs: number) => ({ count: 3, avgMs, p50Ms: avgMs, p95Ms: 2 * avgMs, p99Ms: 3 * avgMs })

const WINDOW: Omit<WindowFigures, 'from' | 'to'> = {
  isShortened: false,
  jobs: 250,
  completed: 199,
  gaveUp: 1,
  automated: 100,
  automatedWell: 99,
  toAutomation: 90,
  toPerson: 40,
  processing: durations(47_300),
  states: { queued: durations(1_000), processing: durations(48_700) },
  stages: { extraction: durations(12_900), scoring: durations(100) },
  retries: { distribution: { '1': 1, '2': 1 }, top: [{ jobId: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071', retries: 2 }] },
}
