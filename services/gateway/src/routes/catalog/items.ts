import { CatalogKind } from '@stageline/domain'
import { z } from 'zod'
import { operation } from '../../http/operation.ts'
import { answerPage, pageOf, PageQuery } from '../../http/page.ts'
import { unknownResource } from '../../http/problems.ts'
import { CatalogItemAnswer } from './catalog-answers.ts'

const Key = z.string().min(1).max(200)
const ItemParams = z.strictObject({ kind: CatalogKind, key: Key })

export const listCatalog = operation({
  id: 'listCatalog',
  method: 'get',
  path: '/v1/catalog',
  tag: 'Catalog',
  summary: 'List reference data, or find it by the beginning of its key',
  description: 'In the order of kinds and keys. For `prefix` letter case, blanks and dashes do not matter.',
  query: z.strictObject({ kind: CatalogKind.optional(), prefix: Key.optional(), ...PageQuery }),
  answers: { 200: { description: 'A page of rows', schema: pageOf(CatalogItemAnswer).meta({ id: 'CatalogPage' }) } },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [{ name: 'Parts that begin so', query: { kind: 'part', prefix: 'NXR-1' }, status: 200 }],
  handle: async ({ query: { cursor, limit, kind, prefix }, who, request, deps }) => {
    const filter = { ...(kind ? { kind } : {}), ...(prefix === undefined ? {} : { prefix }) }
    const page = await deps.catalog.items(who.tenantId, filter, cursor === undefined ? { limit } : { cursor, limit })
    return answerPage(request, page, (item) => item)
  },
})

const one = { params: ItemParams, tag: 'Catalog', path: '/v1/catalog/{kind}/{key}' } as const
const known = { kind: 'part', key: 'NXR-1K0-0402' }

export const readCatalogItem = operation({
  ...one,
  id: 'getCatalogItem',
  method: 'get',
  summary: 'Read one row of reference data',
  answers: { 200: { description: 'The row', schema: CatalogItemAnswer } },
  problems: ['resource.unknown'],
  examples: [{ name: 'A part', params: known, status: 200 }],
  handle: async ({ params, who, deps }) => {
    const item = isStorable(params.key) ? await deps.catalog.item(who.tenantId, params.kind, params.key) : undefined
    if (!item) throw unknownResource()
    return { status: 200, body: item }
  },
})

export const removeCatalogItem = operation({
  ...one,
  id: 'removeCatalogItem',
  method: 'delete',
  summary: 'Remove one row of reference data',
  answers: { 204: { description: 'It is gone' } },
  problems: ['resource.unknown'],
  examples: [{ name: 'A part', params: known, status: 204 }],
  handle: async ({ params, who, deps }) => {
    const isGone = isStorable(params.key) && (await deps.catalog.remove(who.tenantId, params.kind, params.key))
    if (!isGone) throw unknownResource()
    return { status: 204 }
  },
})

/** What no database can hold is the key of nothing. */
const isStorable = (key: string): boolean => !key.includes('\0') && key.isWellFormed()
