import { newId, type SlaSettings } from '@stageline/domain'
import type { SlaBook } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { test } from 'node:test'

export type SlaBookUnderTest = AsyncDisposable & { book: SlaBook; tenantId: string }

const SETTINGS: SlaSettings = {
  subject: 'task',
  taskType: 'own',
  serviceArea: null,
  workflow: null,
  stage: null,
  limitMs: 60_000,
  atRiskShare: 0.5,
  pausesWhileBlocked: true,
  pausesWhileWaiting: false,
  pausesWhileSuspended: false,
  escalatePriority: 0.9,
  escalateGroup: 'leads',
  active: true,
}

/** What becomes of the configs of promises, in memory and in Postgres alike. */
export function slaBookContract(name: string, open: () => Promise<SlaBookUnderTest>): void {
  const it = (behaviour: string, run: (given: SlaBookUnderTest) => Promise<void>): void => {
    void test(`${name}: ${behaviour}`, async () => {
      await using given = await open()
      await run(given)
    })
  }

  it('a config is kept as it was said, with who and which version', async ({ book, tenantId }) => {
    const id = newId()
    const added = await book.addConfig(tenantId, { id, settings: SETTINGS, actor: 'ann' })

    assert.ok(added !== 'exists')
    const { createdAt, changedAt, ...view } = added
    assert.deepEqual(view, { ...SETTINGS, id, version: 1, changedBy: 'ann' })
    assert.equal(createdAt, changedAt)
    assert.deepEqual(await book.config(tenantId, id), added)
    assert.deepEqual(
      (await book.configs(tenantId)).filter((one) => one.taskType === 'own'),
      [added],
    )
    assert.equal(await book.config(tenantId, newId()), undefined)
  })

  it('no two are for the same tasks', async ({ book, tenantId }) => {
    const id = newId()
    const other = { ...SETTINGS, serviceArea: 'buying' }
    const add = (settings: SlaSettings) => book.addConfig(tenantId, { id: newId(), settings, actor: 'ann' })
    await book.addConfig(tenantId, { id, settings: SETTINGS, actor: 'ann' })
    await add(other)

    const moved = await book.changeConfig(tenantId, { id, settings: other, actor: 'ann', ifVersion: 1 })

    assert.deepEqual([await add(SETTINGS), moved], ['exists', 'exists'])
    assert.equal((await book.config(tenantId, id))?.serviceArea, null)
  })

  it('a promise may be for a whole job, for a stage, or for any; each once', async ({ book, tenantId }) => {
    const unsaid = { taskType: null, pausesWhileBlocked: false, escalateGroup: null, pausesWhileSuspended: true }
    const add = (about: Partial<SlaSettings>) =>
      book.addConfig(tenantId, { id: newId(), settings: { ...SETTINGS, ...unsaid, ...about }, actor: 'ann' })
    const wanted = [
      { subject: 'job', workflow: 'part' },
      { subject: 'stage', workflow: 'part' },
      { subject: 'stage', workflow: 'part', stage: 'scoring' },
      { subject: 'stage', stage: 'scoring' },
      { subject: 'job' },
    ] as const

    for (const about of wanted) {
      const added = await add(about)
      assert.ok(added !== 'exists')
      assert.partialDeepStrictEqual(added, { ...about, pausesWhileSuspended: true, pausesWhileWaiting: false })
      assert.equal(await add({ ...about, limitMs: 1_000 }), 'exists')
    }
  })

  it('of two who change the same version one is told of the other', async ({ book, tenantId }) => {
    const id = newId()
    await book.addConfig(tenantId, { id, settings: SETTINGS, actor: 'ann' })
    const change = (actor: string, limitMs: number) =>
      book.changeConfig(tenantId, { id, settings: { ...SETTINGS, limitMs }, actor, ifVersion: 1 })

    const [one, other] = await Promise.all([change('ann', 1_000), change('ben', 2_000)])

    const saved = [one, other].filter((each) => typeof each === 'object')
    assert.equal(saved.length, 1)
    assert.deepEqual(
      [one, other].filter((each) => typeof each === 'string'),
      ['changed'],
    )
    assert.deepEqual(await book.config(tenantId, id), saved[0])
    assert.equal(saved[0]?.version, 2)
  })
}
