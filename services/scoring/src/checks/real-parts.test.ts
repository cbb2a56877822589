import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Check, Fields } from '@stageline/domain'
import type { CheckRule } from './check-rule.ts'
import { manufacturerKnown, numberPlausible } from './part-checks.ts'

const folder =
  process.env['STAGELINE_DATA_DIR'] ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url))
const skip = existsSync(join(folder, 'parts-digikey')) ? false : `no data in ${folder}: set STAGELINE_DATA_DIR`
if (skip) console.warn(`SKIPPED, checks of real parts: ${skip}`)

type Part = { id: string; mpn: string }
type Truth = { id: string; manufacturer?: string }

test('real part numbers are plausible, and most of their makers known', { skip }, async () => {
  const makers = new Map(read<Truth>('truth').map(({ id, manufacturer }) => [id, manufacturer ?? null]))
  const parts = read<Part>('items').map(({ id, mpn }) => fieldsOf({ mpn, manufacturer: makers.get(id) ?? null }))

  const plausible = await shareThat('passed', numberPlausible(1), parts)
  const known = await shareThat('passed', manufacturerKnown(1), parts)

  console.log(`${parts.length} real parts: ${percent(plausible)} plausible numbers, ${percent(known)} known makers`)
  assert.ok(plausible >= 0.995)
  assert.ok(known >= 0.75)
})

async function shareThat(outcome: Check['outcome'], rule: CheckRule, parts: Fields[]): Promise<number> {
  const subject = {
    kind: 'part_record' as const,
    lineItems: [],
    now: new Date(),
    firstSeen: { claim: () => assert.fail() },
  }
  const findings = await Promise.all(parts.map(async (fields) => rule.find({ ...subject, fields })))
  return findings.filter((finding) => finding.outcome === outcome).length / parts.length
}

const fieldsOf = (values: Record<string, string | null>): Fields =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, confidence: 1 }]))

const percent = (share: number) => `${(share * 100).toFixed(1)} %`

const read = <Row>(name: string): Row[] =>
  readFileSync(join(folder, 'parts-digikey', `${name}.ndjson`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
