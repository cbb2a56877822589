import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { DOCUMENT_KINDS } from '@stageline/domain'
import { z } from 'zod'
import { vendors } from '../catalog/vendors.ts'
import { decimal, totalsOf } from './invoice.ts'
import * as invoices from './invoices.ts'

const Sample = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/),
    title: z.string().min(1),
    workflow: z.enum(['document', 'part']),
    file: z.string().optional(),
    record: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
    priority: z.number().min(0).max(1).optional(),
    /** Name of a sample that must have ended before this one is submitted. */
    after: z.string().optional(),
    expect: z.strictObject({
      outcome: z.enum(['completed', 'suspended', 'rejected']),
      kind: z.enum(DOCUMENT_KINDS).optional(),
      fields: z.record(z.string(), z.string()).optional(),
      filled: z.array(z.string()).optional(),
      failedChecks: z.array(z.string()).optional(),
      /** The rule of the decision that is expected to have fired. */
      rule: z.string().optional(),
      httpStatus: z.number().optional(),
    }),
  })
  .refine((sample) => (sample.file === undefined) !== (sample.record === undefined), 'a file or a record')

const samples = z.array(Sample).parse(JSON.parse(readFileSync(join(import.meta.dirname, 'samples.json'), 'utf8')))

test('every file beside the manifest is a sample, and every sample has its file', () => {
  const made = readdirSync(import.meta.dirname).filter((name) => !/\.ts$|^samples\.json$|^README\.md$/.test(name))

  assert.deepEqual(made.toSorted(), samples.flatMap((sample) => sample.file ?? []).toSorted())
})

test('names differ and what a sample waits for comes before it', () => {
  const names = samples.map((sample) => sample.name)

  assert.equal(new Set(names).size, names.length)
  for (const [index, { after }] of samples.entries())
    assert.ok(after === undefined || names.slice(0, index).includes(after))
})

test('at least five samples gain a field from the catalogue and a near miss gains none', () => {
  assert.ok(samples.filter((sample) => (sample.expect.filled ?? []).length > 0).length >= 5)
  assert.ok(samples.some((sample) => sample.name.includes('near-miss') && sample.expect.filled?.length === 0))
})

test('what is refused says with which status, and nothing else does', () => {
  for (const { name, expect } of samples)
    assert.equal(expect.httpStatus !== undefined, expect.outcome === 'rejected', name)
})

test('the totals that are expected are those of the invoices, and a planted cent is in one of them', () => {
  const byNumber = new Map(Object.values(invoices).map((invoice) => [invoice.number, invoice]))
  const expected = samples.flatMap(({ name, expect }) =>
    expect.fields?.invoice_number ? [{ name, fields: expect.fields }] : [],
  )

  for (const { name, fields } of expected.filter(({ fields: { net_total } }) => net_total !== undefined)) {
    const invoice = byNumber.get(fields.invoice_number ?? '')
    assert.ok(invoice, name)
    const { net, tax, gross } = totalsOf(invoice)
    const told = [fields.net_total, fields.tax_total, fields.gross_total]
    assert.deepEqual(told, [net, tax, gross].map(decimal), name)
    assert.equal(gross - net - tax, name === 'invoice-one-cent' ? 1 : 0, name)
  }
})

test('sellers and VAT ids that are expected stand in the catalogue', () => {
  const known = new Map(vendors().map(({ key, name }) => [key, name]))

  for (const { name, expect } of samples) {
    const vatId = expect.fields?.seller_vat_id
    if (vatId) assert.equal(known.get(vatId), expect.fields?.seller_name, name)
  }
})
