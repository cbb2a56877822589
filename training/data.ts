import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { pathToFileURL } from 'node:url'

/** Where the development data lie: `--data`, then `STAGELINE_DATA_DIR`, then `../shared/data` beside the repository. */
export function dataDir(option?: string): string {
  const dir = option ?? process.env['STAGELINE_DATA_DIR'] ?? join(import.meta.dirname, '../../shared/data')
  if (!existsSync(dir)) throw new Error(`No development data at ${dir}: set STAGELINE_DATA_DIR or give --data DIR`)
  return resolve(dir)
}

/** Where models learn and where they are tested: by folds where both are the same folder. */
export type Dirs = { train: string; test: string }

/** The rows of an NDJSON file of the data, gzipped or not. The caller names their shape. */
export function readRows<Row>(dir: string, file: string): Row[] {
  const bytes = readFileSync(join(dir, file))
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text
    .split('\n')
    .filter((line) => line.trim())
    .map((line) => JSON.parse(line) as Row)
}

/** Items of a set with their truth beside them. */
export function readSet<Item extends { id: string }, Truth extends { id: string }>(
  dir: string,
  set: string,
): { item: Item; truth: Truth }[] {
  const truths = new Map(readRows<Truth>(dir, `${set}/truth.ndjson`).map((truth) => [truth.id, truth]))
  return readRows<Item>(dir, `${set}/items.ndjson`).flatMap((item) => {
    const truth = truths.get(item.id)
    return truth ? [{ item, truth }] : []
  })
}

/** Loads one of the scorers that come with the data. */
export async function loadScorer<Score>(dir: string, name: string): Promise<Score> {
  const module: unknown = await import(pathToFileURL(join(dir, 'eval', `score-${name}.mjs`)).href)
  return module as Score
}
