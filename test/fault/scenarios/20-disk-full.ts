import { mkdir } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { countAnswers } from '../line/count-answers.ts'
import { deathsIn } from '../line/crashes.ts'
import { DEFINITION } from '../line/job-mix.ts'
import type { Scenario } from '../line/scenario.ts'
import { onSmallDisk } from '../line/small-disk.ts'
import type { Rig } from '../line/start-rig.ts'

const FULL_MS = 20_000
const POSTGRES_MB = 700
const FILES_MB = 8
/** So that what Postgres writes ahead fits, and the disk is not full before it is filled. */
const POSTGRES = { min_wal_size: '32MB', max_wal_size: '64MB' }
/** Taken, not now, or wrong for its own reasons; `0` is an answer that did not come, as when the server died of it. */
const CLEAN = new Set([0, 202, 409, 422, 429, 503, 507])

export const postgresDiskFull: Scenario = {
  row: 20,
  name: 'postgres-disk-full',
  title:
    'the disk of Postgres is full: nothing is promised without a row, and nothing is broken when there is room again',
  targetMs: 10_000,
  inTests: false,
  rig: { postgresSettings: POSTGRES },
  run: async (rig, trials) => {
    await rig.stores.crashPostgres()
    await using disk = await onSmallDisk(rig.stores.postgresFolder(), POSTGRES_MB)
    await using _stopped = { [Symbol.asyncDispose]: () => rig.stores.crashPostgres() }
    await rig.stores.startPostgres()
    await trials.warmUp()
    const deathsBefore = deathsIn(rig)
    using answers = countAnswers(rig.recorder)
    await trials.cause('disk full', 'postgres', async () => {
      await disk.fill()
      await delay(FULL_MS)
      await disk.free()
      await rig.stores.startPostgres()
    })
    const unclean = [...answers.byStatus()].filter(([status]) => !CLEAN.has(status))
    trials.figure('answers', JSON.stringify(Object.fromEntries(answers.byStatus())))
    trials.expect(
      [503, 507].some((status) => answers.byStatus().has(status)),
      'the disk was full',
    )
    trials.expect(unclean.length === 0, `every answer says that it is for later, but ${unclean.join('; ')}`)
    trials.expect(deathsIn(rig) === deathsBefore, 'no process of the line ends')
    await rig.quiesce()
    trials.expect(await indexesAreWhole(rig), 'what Postgres keeps is whole')
  },
}

export const filesDiskFull: Scenario = {
  row: 20,
  name: 'files-disk-full',
  title: 'the disk of documents is full: uploads are refused cleanly, jobs without a document go on',
  targetMs: 10_000,
  inTests: false,
  run: async (rig, trials) => {
    const folder = join(rig.folder, 'blobs')
    await mkdir(folder, { recursive: true })
    await using disk = await onSmallDisk(folder, FILES_MB)
    await trials.warmUp()
    const before = rig.load.counts()
    let during = before
    let refused: number[] = []
    await trials.cause('disk full', 'files', async () => {
      await disk.fill()
      refused = [await upload(rig), await upload(rig)]
      await delay(FULL_MS / 2)
      during = rig.load.counts()
      await disk.free()
    })
    const [sent, atOnce] = [during.sent - before.sent, during.acceptedAtOnce - before.acceptedAtOnce]
    const later = await upload(rig)
    trials.figure('answers to uploads', `${refused.join(', ')}; with room ${later}`)
    trials.expect(
      refused.every((status) => status === 503 || status === 507),
      'an upload without room is refused for now',
    )
    trials.expect(later === 202, 'the same upload is taken when there is room')
    trials.expect(atOnce >= 0.9 * sent, 'jobs without a document are taken all the while')
    await rig.quiesce()
  },
}

/** The status that an upload of a megabyte is answered with. */
async function upload({ of, tenants }: Rig): Promise<number> {
  const form = new FormData()
  form.set('workflow', DEFINITION.key)
  form.set('file', new Blob(['a line of text\n'.repeat(70_000)], { type: 'text/plain' }), 'long.txt')
  const answer = await fetch(`http://127.0.0.1:${of('gateway')[0]!.port}/v1/documents`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tenants[0]!.apiKey}` },
    body: form,
    signal: AbortSignal.timeout(15_000),
  })
  await answer.body?.cancel()
  return answer.status
}

/** Every index of ours agrees with its table. */
async function indexesAreWhole({ admin }: Rig): Promise<boolean> {
  await admin.query('CREATE EXTENSION IF NOT EXISTS amcheck')
  const indexes = await admin.query<{ index: string }>(
    `SELECT c.oid::regclass::text AS index FROM pg_class c JOIN pg_am a ON a.oid = c.relam
     WHERE c.relkind = 'i' AND a.amname = 'btree' AND c.relnamespace = 'public'::regnamespace`,
  )
  for (const { index } of indexes) await admin.query('SELECT bt_index_check($1::regclass, true)', [index])
  return indexes.length > 0
}
