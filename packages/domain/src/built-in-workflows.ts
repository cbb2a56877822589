import type { WorkflowDefinitionInput } from './workflow.ts'

const line = [
  { key: 'classification', stage: 'classification' },
  { key: 'extraction', stage: 'extraction', dependsOn: ['classification'] },
  { key: 'enrichment', stage: 'enrichment', dependsOn: ['extraction'] },
  { key: 'scoring', stage: 'scoring', dependsOn: ['enrichment'] },
]

const recordSchema = {
  type: 'object',
  required: ['record'],
  properties: { record: { type: 'object', minProperties: 1, maxProperties: 200 } },
}
const documentSchema = { type: 'object', required: ['document'], properties: { document: { type: 'object' } } }

/** What every installation has from the first start; `PUT /v1/workflows/{key}` makes later versions. */
export const BUILT_IN_WORKFLOWS: readonly WorkflowDefinitionInput[] = [
  {
    key: 'document',
    title: 'Documents: classify, extract, enrich, score; doubtful ones go to a person',
    steps: line,
    policy: { name: 'confidence-v1', after: 'scoring' },
    inputSchema: documentSchema,
  },
  {
    key: 'part',
    title: 'Part records: routed at intake between automation and people',
    steps: line,
    policy: { name: 'completeness-v2' },
    inputSchema: recordSchema,
  },
]
