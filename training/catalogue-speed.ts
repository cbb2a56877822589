/**
 * Measures an import into the catalogue and the look-ups in it, by the code that gateway and stages run: row-level
 * security on, a connection of the role that does it in production, warm caches. `--help` tells how to call it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { DataError, type CatalogItem } from '../packages/domain/src/index.ts'
import type { Catalog, CatalogQuery } from '../packages/engine/src/ports/index.ts'
import { startPostgres } from '../packages/local/src/start-postgres.ts'
import { createImportDesk } from '../packages/runtime/src/index.ts'
import {
  createCatalog,
  createCatalogRecord,
  DEFAULT_TENANT_ID,
  migrate,
  openDatabase,
} from '../packages/store/src/index.ts'
import { catalogueRows, mistyped } from './catalogue-rows.ts'
import { compareAll, type IsAmongAll } from './compare-all.ts'
import { processorMs } from './process-load.ts'
import { writeSection } from './quality-page.ts'

/**
 * Milliseconds by the clock; processor time of the server for one; how often the row that was meant came back, and how
 * often it does if every row is compared (none where the key is what is asked for).
 */
export type LookUpSpeed = {
  set: 'catalogue'
  metric: string
  median: number
  p95: number
  processorMs: number
  found: number
  foundByAll: number | null
  items: number
}
export type ImportSpeed = { set: 'catalogue'; metric: 'import'; rows: number; seconds: number; rowsPerSecond: number }

const WARM_UP = 20
const LOOK_UPS = 200

type Asked = { query: CatalogQuery; key: string }
type AskFor = (item: CatalogItem, seed: number) => CatalogQuery

/** As the families of enrichment ask. */
const KINDS_OF_LOOK_UP: Readonly<Record<string, AskFor>> = {
  'exact key': ({ kind, key }) => ({ kind, key: key.toLowerCase() }),
  'beginning of a key': ({ kind, key }) => ({ kind, key: key.slice(0, Math.max(5, Math.ceil(key.length * 0.7))) }),
  'mistyped key': ({ kind, key }, seed) => ({ kind, key: misspelt(key, seed), minSimilarity: 0.4 }),
  'mistyped name, from 0.6': ({ kind, name }, seed) => ({ kind, name: mistyped(name, seed) }),
  'mistyped name, from 0.4': ({ kind, name }, seed) => ({ kind, name: mistyped(name, seed), minSimilarity: 0.4 }),
  'mistyped name, from 0.2': ({ kind, name }, seed) => ({
    kind,
    name: mistyped(name, seed),
    minSimilarity: 0.2,
    limit: 20,
  }),
}

/** Two neighbours swapped, where they differ. */
const misspelt = (key: string, seed: number): string => {
  const at = 1 + (seed % Math.max(1, key.length - 2))
  return `${key.slice(0, at)}${key[at + 1] ?? 'X'}${key[at]}${key.slice(at + 2)}`
}

export async function measureCatalogue(rows: number, dir: string): Promise<[ImportSpeed, ...LookUpSpeed[]]> {
  const memory = { shared_buffers: '1GB', max_wal_size: '4GB', maintenance_work_mem: '256MB' }
  const settings = { ...memory, fsync: 'off', full_page_writes: 'off', autovacuum_naptime: '5s' }
  const server = await startPostgres({ dir, port: 56_500, settings })
  try {
    await migrate({ adminUrl: server.url, gatewayPassword: 'bench', workerPassword: 'bench' })
    const imported = await measureImport(rows, dir, asRole(server.url, 'gateway'))
    await settle(server.url)
    await using db = openDatabase({
      url: asRole(server.url, 'worker'),
      role: 'worker',
      applicationName: 'bench',
      max: 1,
    })
    const [backend] = await db.anonymous<{ pid: number }>({ text: 'SELECT pg_backend_pid() AS pid' })
    const catalog = createCatalog(db, DEFAULT_TENANT_ID)
    const speeds: LookUpSpeed[] = []
    for (const [metric, askFor] of Object.entries(KINDS_OF_LOOK_UP))
      speeds.push(await measureLookUp(metric, sampled(rows, askFor), catalog, backend?.pid))
    const isAmongAll = compareAll(catalogueRows(rows))
    for (const speed of speeds)
      speed.foundByAll = foundByAll(sampled(rows, KINDS_OF_LOOK_UP[speed.metric]!), isAmongAll)
    return [imported, ...speeds]
  } finally {
    await server.stop()
  }
}

const asRole = (adminUrl: string, role: 'gateway' | 'worker'): string =>
  Object.assign(new URL(adminUrl), { username: role, password: 'bench' }).href

async function measureImport(rows: number, dir: string, url: string): Promise<ImportSpeed> {
  await using db = openDatabase({ url, role: 'gateway', applicationName: 'bench-import', max: 2 })
  const catalog = createCatalogRecord(db)
  const observer = { trouble: (code: string, error: unknown) => console.error(code, error) }
  await using desk = createImportDesk({ dir, catalog, observer })
  const startedAt = performance.now()
  const file = await desk.receive(csvOf(rows), 10_000_000_000)
  const order = { tenantId: DEFAULT_TENANT_ID, fileName: 'bench.csv', actor: 'bench', dryRun: false } as const
  const id = await desk.begin(file, { ...order, onFault: 'refuse', columns: {} })
  for (;;) {
    await delay(500)
    const view = await catalog.import(DEFAULT_TENANT_ID, id ?? '')
    if (!view?.finishedAt) continue
    if (view.state !== 'completed')
      throw new DataError('bench.import', `The import is ${view.state}: ${JSON.stringify(view)}`)
    const seconds = (performance.now() - startedAt) / 1_000
    return {
      set: 'catalogue',
      metric: 'import',
      rows,
      seconds: rounded(seconds),
      rowsPerSecond: rounded(rows / seconds),
    }
  }
}

async function* csvOf(rows: number): AsyncGenerator<Uint8Array> {
  const names = ['manufacturer', 'description', 'package', 'brand', 'mpn', 'country', 'currency', 'address']
  let text = `${['kind', 'key', 'name', ...names].join(',')}\n`
  for (const { kind, key, name, attributes } of catalogueRows(rows)) {
    const cells = [kind, key, name, ...names.map((one) => attributes[one] ?? '')]
    text += `${cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',')}\n`
    if (text.length < 64_000) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text)
}

/** Waits until autovacuum has seen most of the rows, as it does within minutes of such an import. */
async function settle(adminUrl: string): Promise<void> {
  await using db = openDatabase({ url: adminUrl, role: 'worker', applicationName: 'bench-settle', max: 1 })
  const text = `SELECT relname FROM pg_stat_user_tables WHERE relname = 'catalog_items'
    AND n_mod_since_analyze < 100 + n_live_tup * 0.12 AND n_ins_since_vacuum < 1100 + n_live_tup * 0.22`
  while ((await db.anonymous({ text })).length === 0) await delay(1_000)
}

function foundByAll(asked: readonly Asked[], isAmongAll: IsAmongAll): number | null {
  const byName = asked.slice(WARM_UP).filter(({ query }) => query.name !== undefined)
  if (byName.length === 0) return null
  return rounded(byName.filter(({ query, key }) => isAmongAll(query, key)).length / byName.length)
}

/** Rows from all over the catalogue, and what somebody would ask who is looking for each. */
function sampled(rows: number, askFor: AskFor): Asked[] {
  const apart = Math.max(1, Math.floor(rows / (WARM_UP + LOOK_UPS)) | 1)
  // The kinds come in turns of ten rows: all of them are met.
  const every = apart % 5 === 0 ? apart + 2 : apart
  const asked: Asked[] = []
  let index = 0
  for (const item of catalogueRows(rows)) {
    if (index++ % every === 0) asked.push({ query: askFor(item, index), key: item.key })
  }
  return asked
}

async function measureLookUp(
  metric: string,
  asked: readonly Asked[],
  catalog: Catalog,
  backend: number | undefined,
): Promise<LookUpSpeed> {
  for (const { query } of asked.slice(0, WARM_UP)) await catalog.find(query)
  const before = processorMs(backend)
  const measured = asked.slice(WARM_UP)
  const times: number[] = []
  let found = 0
  for (const { query, key } of measured) {
    const startedAt = performance.now()
    const hits = await catalog.find(query)
    times.push(performance.now() - startedAt)
    if (hits.some((hit) => hit.key === key)) found += 1
  }
  times.sort((a, b) => a - b)
  return {
    set: 'catalogue',
    metric,
    median: rounded(times[Math.floor(times.length / 2)] ?? 0),
    p95: rounded(times[Math.floor(times.length * 0.95)] ?? 0),
    processorMs: rounded((processorMs(backend) - before) / measured.length),
    found: rounded(found / measured.length),
    foundByAll: null,
    items: measured.length,
  }
}

const rounded = (value: number): number => Number(value.toPrecision(3))

/** A row a kind of look-up, for `docs/quality.md`. */
function catalogueTable([imported, ...speeds]: [ImportSpeed, ...LookUpSpeed[]]): string[] {
  return [
    '| look-up | median, ms | p95, ms | processor time of the server, ms | the row that was meant is among the hits, % | … if every row is compared, % | look-ups |',
    '|---|---|---|---|---|---|---|',
    ...speeds.map(({ metric, median, p95, processorMs: spent, found, foundByAll: most, items }) => {
      const ofAll = most === null ? '–' : rounded(most * 100)
      return `| ${[metric, median, p95, spent, rounded(found * 100), ofAll, items].join(' | ')} |`
    }),
    `| import of ${imported.rows} rows as CSV | ${imported.seconds} s in all, ${imported.rowsPerSecond} rows/s | – | – | – | – | 1 |`,
  ]
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { rows: { type: 'string', default: '1000000' }, dir: { type: 'string' }, json: { type: 'string' } },
  })
  const dir = values.dir ?? (await mkdtemp(join(tmpdir(), 'stageline-catalogue-')))
  try {
    const figures = await measureCatalogue(Number(values.rows), dir)
    const table = catalogueTable(figures)
    console.log(table.join('\n'))
    if (Number(values.rows) === 1_000_000) writeSection('Catalogue', table)
    if (values.json) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`)
  } finally {
    if (values.dir === undefined) await rm(dir, { recursive: true, force: true })
  }
}
