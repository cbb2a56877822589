import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeSample } from './judge-sample.ts'
import type { JobBody, Outputs, SampleRun } from './sample-run.ts'
import type { Expectation } from './sample.ts'

const outputs: Outputs = {
  kind: 'invoice',
  fields: { gross_total: { value: '119.00' }, seller_vat_id: { value: null } },
  filled: ['currency'],
  failedChecks: ['net_plus_tax_is_total'],
}

const cases: { name: string; expect: Expectation; run?: Partial<SampleRun>; faults: string[] }[] = [
  { name: 'what ended as expected has no fault', expect: { outcome: 'suspended' }, faults: [] },
  { name: 'another outcome is named', expect: { outcome: 'completed' }, faults: ['expected completed, is suspended'] },
  { name: 'any outcome fits one that asks for none', expect: { outcome: 'any', kind: 'receipt' }, faults: [] },
  {
    name: 'what a person settled since an earlier start is not held against it',
    expect: { outcome: 'suspended' },
    run: { earlier: true, job: job('completed') },
    faults: [],
  },
  {
    name: 'what completed by itself in this start is',
    expect: { outcome: 'suspended' },
    run: { job: job('completed') },
    faults: ['expected suspended, is completed'],
  },
  {
    name: 'another kind is named',
    expect: { outcome: 'suspended', kind: 'receipt' },
    faults: ['expected kind "receipt", found "invoice"'],
  },
  {
    name: 'a wrong and a missing value are named',
    expect: { outcome: 'suspended', fields: { gross_total: '119.01', due_date: '2026-01-01', seller_vat_id: null } },
    faults: ['expected gross_total "119.01", found "119.00"', 'expected due_date "2026-01-01", found null'],
  },
  {
    name: 'a field that was not filled is named',
    expect: { outcome: 'suspended', filled: ['currency', 'seller_vat_id'] },
    faults: ['expected seller_vat_id to be filled'],
  },
  {
    name: 'a field that was filled against an empty list is named',
    expect: { outcome: 'suspended', filled: [] },
    faults: ['expected filled fields "", found "currency"'],
  },
  {
    name: 'failed checks must be exactly the expected ones',
    expect: { outcome: 'suspended', failedChecks: ['net_plus_tax_is_total', 'date_plausible'] },
    faults: ['expected failed checks "date_plausible, net_plus_tax_is_total", found "net_plus_tax_is_total"'],
  },
  {
    name: 'another rule is named',
    expect: { outcome: 'suspended', rule: 'completeness_high' },
    faults: ['expected rule "completeness_high", found "confidence_low"'],
  },
  {
    name: 'a refusal with another status is named',
    expect: { outcome: 'rejected', httpStatus: 415 },
    run: { refusal: { status: 422, code: 'document.empty', detail: '' } },
    faults: ['expected HTTP 415, got 422'],
  },
  {
    name: 'a refusal that nobody expected is named',
    expect: { outcome: 'completed', kind: 'invoice' },
    run: { refusal: { status: 500, code: 'internal.error', detail: '' } },
    faults: ['expected completed, is rejected'],
  },
]

for (const { name, expect, run, faults } of cases) {
  test(name, () => {
    const sample = { name: 'a', title: 'A', workflow: 'document', file: 'a.pdf', expect }
    const judged = judgeSample({ sample, earlier: false, job: job('suspended'), outputs, ...run })

    assert.deepEqual(judged, faults)
  })
}

function job(state: string): JobBody {
  const decisions = [{ step: 'scoring', decision: { rule: 'confidence_low' } }]
  return { id: 'j', state, stage: null, steps: [], lastError: null, decisions, openTasks: [] }
}
