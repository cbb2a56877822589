import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dataDir } from './data.ts'
import type { Figure } from './report.ts'
import { SETS } from './sets.ts'

/** What takes a file of its own, so that no file takes many minutes. */
export const LOOK_UPS = 'enrich-walmart-amazon'

/** Minutes of training: measured by `pnpm eval` alone. */
const LONG = new Set(['oa-mine', 'ae-110k'])

/** A test a set that the stages are as often right as they have been. */
export function testFloors(names: readonly string[]): void {
  const dir = process.env['STAGELINE_DATA_DIR'] ?? join(import.meta.dirname, '../../shared/data')
  const missing = existsSync(dir) ? false : `no development data at ${dir}: set STAGELINE_DATA_DIR`
  if (missing) console.warn(`SKIPPED: the measured floors of the models, ${missing}`)
  for (const name of names) {
    const skip = missing || (LONG.has(name) && `takes minutes: pnpm eval --only ${name}`)
    test(`${name} stays above its floors`, { skip }, async () => {
      const { figures } = await SETS[name]!({ train: dataDir(), test: dataDir() })

      for (const figure of figures) assert.ok(figure.mean >= (figure.floor ?? 0), describe(figure))
    })
  }
}

const describe = ({ set, metric, mean, floor }: Figure): string => `${set} ${metric}: ${mean}, floor ${floor}`
