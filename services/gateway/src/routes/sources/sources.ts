import { SourceDefinition, SourceKey } from '@stageline/domain'
import type { SourceView } from '@stageline/engine/ports'
import { z } from 'zod'
import { etagOf, expectedVersion } from '../../http/etag.ts'
import { operation } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'

export const SourceParams = z.strictObject({ key: SourceKey })

const SourceAnswer = z
  .object({
    key: z.string(),
    version: z.number().int(),
    definition: SourceDefinition,
    mark: z
      .string()
      .nullable()
      .meta({ description: 'Up to here records were taken by batches with `onlyNew`; as the source writes it' }),
    markAt: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
    updatedBy: z.string(),
  })
  .meta({ id: 'Source' })

const show = (view: SourceView): z.input<typeof SourceAnswer> => {
  const { definition, version, mark, markAt, createdAt, updatedAt, updatedBy } = view
  return { key: definition.key, version, definition, mark, markAt, createdAt, updatedAt, updatedBy }
}
const headers = { ETag: 'Names the version; send it back in `If-Match` to change exactly this one' }
const tagOf = ({ definition: { key }, version }: SourceView) => ({ ETag: etagOf(key, version) })
const IfHeaders = z.object({ 'If-Match': z.string().optional(), 'If-None-Match': z.string().optional() })

export const EXAMPLE_SOURCE = {
  key: 'parts',
  from: { kind: 'duckdb', file: 'parts.parquet' },
  mapping: { 'record.mpn': 'part_number', 'record.manufacturer': 'maker' },
  keyColumn: 'part_number',
  priorityColumn: 'priority',
  markColumn: 'updated_at',
} as const

export const listSources = operation({
  id: 'listSources',
  method: 'get',
  path: '/v1/sources',
  tag: 'Sources',
  summary: 'List sources of records',
  answers: {
    200: {
      description: 'The sources, by their keys',
      schema: z.object({ items: z.array(SourceAnswer) }).meta({ id: 'SourceList' }),
    },
  },
  problems: [],
  examples: [{ name: 'All sources', status: 200 }],
  handle: async ({ who, deps }) => ({
    status: 200,
    body: { items: (await deps.sources.list(who.tenantId)).map(show) },
  }),
})

export const readSource = operation({
  id: 'getSource',
  method: 'get',
  path: '/v1/sources/{key}',
  tag: 'Sources',
  summary: 'Read a source and how far it was taken',
  params: SourceParams,
  answers: { 200: { description: 'The source', schema: SourceAnswer, headers } },
  problems: ['resource.unknown'],
  examples: [
    { name: 'A source', params: { key: 'parts' }, status: 200 },
    { name: 'None of that name', params: { key: 'nothing' }, status: 404 },
  ],
  handle: async ({ params, who, deps }) => {
    const view = await deps.sources.get(who.tenantId, params.key)
    if (!view) throw unknownResource()
    return { status: 200, body: show(view), headers: tagOf(view) }
  },
})

export const saveSource = operation({
  id: 'putSource',
  method: 'put',
  path: '/v1/sources/{key}',
  tag: 'Sources',
  summary: 'Say where records come from',
  description:
    'What lets the service in is named, never said: `connection` is one of `STAGELINE_SOURCE_CONNECTIONS` of the orchestrator, `file` lies in its `STAGELINE_SOURCE_DIR`. With another `markColumn` the mark is forgotten. `If-Match` changes only the version that was read, `If-None-Match: *` only makes what is not there.',
  params: SourceParams,
  headers: IfHeaders,
  body: { type: 'application/json', schema: SourceDefinition },
  answers: {
    200: { description: 'The source as it is now', schema: SourceAnswer, headers },
    201: { description: 'The new source', schema: SourceAnswer, headers },
  },
  problems: ['request.invalid', 'request.not_json', 'source.changed'],
  examples: [
    { name: 'A Parquet file', params: { key: 'parts' }, body: EXAMPLE_SOURCE, status: 200 },
    {
      name: 'A warehouse',
      params: { key: 'warehouse' },
      body: {
        key: 'warehouse',
        from: {
          kind: 'bigquery',
          connection: 'warehouse',
          query: 'SELECT part_number, maker, priority, updated_at FROM `my-project.parts.open`',
        },
        keyColumn: 'part_number',
        priorityColumn: 'priority',
        markColumn: 'updated_at',
      },
      status: 201,
    },
    {
      name: 'A mark without a key',
      params: { key: 'parts' },
      body: { key: 'parts', from: { kind: 'duckdb', file: 'parts.csv' }, markColumn: 'updated_at' },
      status: 400,
    },
    {
      name: 'Changed meanwhile',
      params: { key: 'parts' },
      headers: { 'If-Match': '"parts-999"' },
      body: EXAMPLE_SOURCE,
      status: 412,
    },
  ],
  handle: async ({ params: { key }, body, who, request, deps: { sources } }) => {
    if (body.key !== key) {
      const errors = [{ pointer: '/key', detail: `The address says "${key}".` }]
      throw new Problem('request.invalid', errors[0]!.detail, { errors })
    }
    const saved = await sources.put(who.tenantId, body, who.actor, expectedVersion(request, key, 'source.changed'))
    if (saved === 'conflict') throw changed(key)
    const view = await sources.get(who.tenantId, key)
    if (!view) throw unknownResource()
    return { status: saved.version === 1 ? 201 : 200, body: show(view), headers: tagOf(view) }
  },
})

export const removeSource = operation({
  id: 'deleteSource',
  method: 'delete',
  path: '/v1/sources/{key}',
  tag: 'Sources',
  summary: 'Remove a source and its mark',
  description: 'Batches that were made of it stay, and one that is under way goes on.',
  params: SourceParams,
  headers: IfHeaders,
  answers: { 204: { description: 'It is gone' } },
  problems: ['resource.unknown', 'source.changed'],
  examples: [
    { name: 'A source', params: { key: 'parts' }, status: 204 },
    { name: 'None of that name', params: { key: 'nothing' }, status: 404 },
  ],
  handle: async ({ params: { key }, who, request, deps: { sources } }) => {
    const outcome = await sources.remove(who.tenantId, key, expectedVersion(request, key, 'source.changed'))
    if (outcome === 'unknown') throw unknownResource()
    if (outcome === 'conflict') throw changed(key)
    return { status: 204 }
  },
})

const changed = (key: string): Problem =>
  new Problem('source.changed', `"${key}" is no longer at the version that the request names.`)
