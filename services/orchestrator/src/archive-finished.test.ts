import type { Archiver, FinishedWeight, LeavingChoice, RetentionTurn } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { archiveFinished, type RetentionLimits } from './archive-finished.ts'
import { loadConfig, retentionOf } from './config.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const NONE: FinishedWeight = { jobs: 0, bytesEach: null, sinceArchiveMs: null }

type Given = { weight?: Partial<FinishedWeight>; free?: number; lookedTo?: string | null; leaves?: boolean }

function setup(
  limits: Partial<RetentionLimits>,
  { weight = {}, free = 5_000, lookedTo = null, leaves = true }: Given = {},
) {
  const choices: LeavingChoice[] = []
  const ended: { turn: RetentionTurn; afterMs: number }[] = []
  const archived: number[] = []
  const turns = [{ tenantId: 'a', lookedTo: null }]
  const archiver: Archiver = {
    takeTurn: async () => turns.pop(),
    endTurn: async (turn, afterMs) => void ended.push({ turn, afterMs }),
    weigh: async (_tenant, withBytes) => ({ ...NONE, ...weight, ...(withBytes ? {} : { bytesEach: null }) }),
    choose: async (_turn, choice) => {
      choices.push(choice)
      return {
        jobs: Array.from({ length: Math.min(free, choice.most) }, (_, i) => ({ id: `${i}`, bytes: 1 })),
        lookedTo,
      }
    },
    archive: async (_tenant, jobs) => {
      archived.push(jobs.length)
      return leaves
    },
    clearOrphans: async () => 0,
    dropEmptyMonths: async () => 0,
  }
  const run = archiveFinished({ archiver, limits: { minAgeMs: MINUTE, ...limits } })
  return { choices, ended, archived, run }
}

describe('what leaves', () => {
  it('is what is too old, by the state that it ended in', async () => {
    const { run, choices, ended } = setup({ completedMs: 30 * DAY, cancelledMs: 7 * DAY })

    assert.deepEqual(await run(), { archived: 1_000, more: true })
    assert.deepEqual(await run(), { archived: 0, more: false })

    assert.deepEqual(choices, [{ completedForMs: 30 * DAY, cancelledForMs: 7 * DAY, most: 1_000 }])
    assert.deepEqual(ended, [{ turn: { tenantId: 'a', lookedTo: null }, afterMs: 0 }])
  })

  it('is nothing of a state that has no age', async () => {
    const { run, choices } = setup({ cancelledMs: DAY })
    await run()

    assert.deepEqual(choices, [{ completedForMs: null, cancelledForMs: DAY, most: 1_000 }])
  })

  const tooMuch: [string, Partial<RetentionLimits>, Partial<FinishedWeight>, number | undefined][] = [
    ['what there is too many of', { jobs: 900 }, { jobs: 1_300 }, 400],
    ['no more than one archive', { jobs: 0 }, { jobs: 9_000 }, 1_000],
    ['nothing below the number', { jobs: 900 }, { jobs: 900 }, undefined],
    ['what has too many bytes', { bytes: 500_000 }, { jobs: 700, bytesEach: 1_000 }, 200],
    ['what is above the lower of both', { jobs: 650, bytes: 500_000 }, { jobs: 700, bytesEach: 1_000 }, 200],
    ['nothing by bytes as long as none is known', { bytes: 1 }, { jobs: 0 }, undefined],
  ]
  for (const [what, limits, weight, most] of tooMuch) {
    it(`is ${what}`, async () => {
      const { run, choices } = setup(limits, { weight })
      await run()

      const choice = most === undefined ? [] : [{ completedForMs: MINUTE, cancelledForMs: MINUTE, most }]
      assert.deepEqual(choices, choice)
    })
  }

  it('waits while an archive is young and there is little for the next', async () => {
    const weight = { jobs: 1_050, sinceArchiveMs: 10 * MINUTE }
    const early = setup({ jobs: 1_000 }, { weight })
    const late = setup({ jobs: 1_000 }, { weight: { ...weight, sinceArchiveMs: 61 * MINUTE } })

    assert.deepEqual([(await early.run()).archived, (await late.run()).archived], [0, 50])
    assert.deepEqual([early.archived, early.ended[0]!.afterMs], [[], 60_000])
  })

  it('is what is too old where there are but a few too many', async () => {
    const { run, choices, archived } = setup(
      { jobs: 1_000, completedMs: DAY },
      { weight: { jobs: 1_010, sinceArchiveMs: 1 } },
    )
    await run()

    assert.deepEqual([choices.length, archived], [2, [1_000]])
  })

  it('is looked for further on soon where not all was looked at, and later where another has it', async () => {
    const stuck = setup({ jobs: 0 }, { weight: { jobs: 9 }, free: 0, lookedTo: 'x' })
    const taken = setup({ jobs: 0 }, { weight: { jobs: 9 }, leaves: false })

    assert.deepEqual([(await stuck.run()).archived, (await taken.run()).archived], [0, 0])
    assert.deepEqual(stuck.ended, [{ turn: { tenantId: 'a', lookedTo: 'x' }, afterMs: 5_000 }])
    assert.equal(taken.ended[0]!.afterMs, 60_000)
  })

  it('is looked for again soon where jobs are leaving', async () => {
    const leaving = setup({ jobs: 1_000 }, { weight: { jobs: 1_050, sinceArchiveMs: MINUTE - 1 } })
    await leaving.run()

    assert.equal(leaving.ended[0]!.afterMs, 5_000)
  })
})

describe('settings of retention', () => {
  const ENV = { DATABASE_URL: 'postgres://w@h/d', REDIS_URL: 'redis://h', STAGELINE_BLOB_DIR: '/b' }
  const limits = (env: NodeJS.ProcessEnv) => retentionOf(loadConfig({ ...ENV, ...env }))
  const ONLY = { completedMs: undefined, cancelledMs: undefined, jobs: undefined, bytes: undefined }

  it('keep everything for ever unless they say otherwise', () => {
    assert.equal(limits({}), undefined)
    assert.equal(limits({ RETENTION_MIN_AGE: '60' }), undefined)
  })

  it('bound age, number and bytes', () => {
    assert.deepEqual(limits({ RETENTION_DAYS: '2' }), {
      ...ONLY,
      minAgeMs: 3_600_000,
      completedMs: 2 * DAY,
      cancelledMs: 2 * DAY,
    })
    assert.deepEqual(limits({ RETENTION_DAYS: '2', RETENTION_DAYS_CANCELLED: '1' })?.cancelledMs, DAY)
    assert.deepEqual(limits({ RETENTION_DAYS_CANCELLED: '1' })?.completedMs, undefined)
    assert.deepEqual(limits({ RETENTION_JOBS: '0', RETENTION_BYTES: '5', RETENTION_MIN_AGE: '60' }), {
      ...ONLY,
      minAgeMs: 60_000,
      jobs: 0,
      bytes: 5,
    })
  })
})
