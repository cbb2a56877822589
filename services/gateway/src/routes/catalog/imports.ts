import { CatalogKind, TABLE_CHARSETS } from '@stageline/domain'
import type { SpooledFile } from '@stageline/runtime'
import type { Request } from 'express'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import type { Identity } from '../../guard/identity.ts'
import { refuseUnstorable } from '../../http/check-json.ts'
import { comeBackSoon } from '../../http/come-back-soon.ts'
import { cleanName } from '../../http/clean-name.ts'
import { IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { answerPage, pageOf, PageQuery } from '../../http/page.ts'
import { parseWith } from '../../http/parse-with.ts'
import { Problem, unknownResource } from '../../http/problems.ts'
import { readUpload } from '../../http/read-upload.ts'
import { EXAMPLE } from '../example-ids.ts'
import { ImportAnswer, showImport } from './catalog-answers.ts'

const truth = z.enum(['true', 'false']).transform((text) => text === 'true')
const column = z.string().min(1).max(64)

const ImportFields = z.strictObject({
  kind: CatalogKind.optional().meta({ description: 'The kind of all rows; without it a column `kind` says it' }),
  keyColumn: column.optional().meta({ description: 'The column of the keys; default `key`' }),
  nameColumn: column
    .optional()
    .meta({ description: 'The column of the names; default `name`, else the key stands for it' }),
  onFault: z
    .enum(['refuse', 'skip'])
    .default('refuse')
    .meta({ description: 'Whether faulty rows forbid the whole file or are left out' }),
  dryRun: truth.default(false).meta({ description: 'Only say what is wrong with the file' }),
  charset: z
    .enum(TABLE_CHARSETS)
    .optional()
    .meta({ description: 'Of CSV and JSON lines; default UTF-8; a byte order mark wins' }),
})

const ImportForm = z
  .object({ file: z.string().meta({ format: 'binary', description: 'CSV with a header, JSON lines or XLSX' }) })
  .extend(ImportFields.shape)
  .meta({ id: 'CatalogUpload' })

const text = z.string().max(200).optional()

export const importCatalog = operation({
  id: 'importCatalog',
  method: 'post',
  path: '/v1/catalog:import',
  tag: 'Catalog',
  summary: 'Import reference data from CSV, JSON lines or XLSX',
  description:
    'Each row has a `kind` (part, vendor or product), a `key` and a `name`; all other columns become fields. Rows are added, or replace the one with the same kind and key, so that a file may be sent again. The file is checked first: with faulty rows nothing is stored, unless `onFault=skip` leaves them out. Of a workbook the first visible sheet is read. The answer comes when the file has arrived; its progress stands at `Location`. The fields may also stand in the address.',
  query: z.strictObject({ kind: text, keyColumn: text, nameColumn: text, onFault: text, dryRun: text, charset: text }),
  body: { type: 'multipart/form-data', schema: ImportForm },
  answers: {
    202: {
      description: 'The file has arrived and is being checked',
      schema: ImportAnswer,
      headers: { Location: 'Where to see how far it is' },
    },
  },
  problems: [
    'request.invalid',
    'request.unsupported_type',
    'request.broken_upload',
    'document.missing',
    'document.empty',
    'document.too_large',
    'limit.imports',
  ],
  examples: [
    {
      name: 'Parts as CSV',
      body: {
        file: { name: 'parts.csv', content: 'key,name,tolerance\nNXR-2K2-0402,Resistor 2.2 kiloohm,1%\n' },
        kind: 'part',
      },
      status: 202,
    },
    { name: 'An empty file', body: { file: { name: 'nothing.csv', content: '' } }, status: 422 },
  ],
  handle: async ({ query, who, request, deps }) => {
    if (!deps.imports.hasRoom()) throw tooManyImports()
    const { fields: sent, stored } = await receive(request, deps)
    if (!stored) throw new Problem('document.missing', 'There is no part named "file".')
    const id = await begin(stored, { ...query, ...sent }, who, deps)
    const view = await deps.catalog.import(who.tenantId, id)
    if (!view) throw unknownResource()
    return { status: 202, body: showImport(view), headers: { Location: `/v1/catalog/imports/${id}` } }
  },
})

type Received = { file: SpooledFile; fileName: string | null }

const receive = (request: Request, { imports, settings }: GatewayDeps) =>
  readUpload<Received>(request, {
    store: async (content, sentName) => {
      const chunks = { [Symbol.asyncIterator]: () => content.iterator({ destroyOnReturn: false }) }
      return { file: await imports.receive(chunks, settings.maxImportBytes), fileName: cleanName(sentName) ?? null }
    },
    undo: ({ file }) => Promise.resolve(file[Symbol.asyncDispose]()),
  })

/** From when it has begun the desk closes the file; until then whatever goes wrong does. */
async function begin({ file, fileName }: Received, given: object, who: Identity, { imports }: GatewayDeps) {
  await using unless = new AsyncDisposableStack()
  unless.use(file)
  if (file.bytes === 0) throw new Problem('document.empty', 'The file has no content.')
  refuseUnstorable(given)
  const { onFault, dryRun, charset, ...columns } = parseWith(ImportFields, given)
  const { tenantId, actor } = who
  const id = await imports.begin(file, { tenantId, actor, fileName, onFault, dryRun, charset, columns })
  if (id === undefined) throw tooManyImports()
  unless.move()
  return id
}

const tooManyImports = (): Problem =>
  new Problem('limit.imports', 'Another import is under way.', { headers: comeBackSoon() })

export const readImport = operation({
  id: 'getCatalogImport',
  method: 'get',
  path: '/v1/catalog/imports/{id}',
  tag: 'Catalog',
  summary: 'Read how far an import is, and what is wrong with its rows',
  params: IdParams,
  answers: { 200: { description: 'Counts of rows, and the first faults', schema: ImportAnswer } },
  problems: ['resource.unknown'],
  examples: [{ name: 'An import', params: { id: EXAMPLE.import }, status: 200 }],
  handle: async ({ params, who, deps }) => {
    const view = await deps.catalog.import(who.tenantId, params.id)
    if (!view) throw unknownResource()
    return { status: 200, body: showImport(view) }
  },
})

export const listImports = operation({
  id: 'listCatalogImports',
  method: 'get',
  path: '/v1/catalog/imports',
  tag: 'Catalog',
  summary: 'List the imports of the last 90 days, newest first',
  query: z.strictObject(PageQuery),
  answers: {
    200: { description: 'A page of imports', schema: pageOf(ImportAnswer).meta({ id: 'CatalogImportPage' }) },
  },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [{ name: 'The latest', query: { limit: '10' }, status: 200 }],
  handle: async ({ query: { cursor, limit }, who, request, deps }) => {
    const page = await deps.catalog.imports(who.tenantId, cursor === undefined ? { limit } : { cursor, limit })
    return answerPage(request, page, showImport)
  },
})
