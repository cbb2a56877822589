import type { Page } from '@stageline/engine/ports'
import type { Request } from 'express'
import { z } from 'zod'
import type { Answer } from './operation.ts'

/** Query members of every list. */
export const PageQuery = {
  cursor: z.string().min(1).max(2000).optional().meta({ description: 'From `next` of the page before' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
}

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'Cursor of the next page; null on the last' }),
  })

/** A page with the address of the next one in `Link` (RFC 8288), filters included. */
export function answerPage<Row, Shown>(
  request: Request,
  { items, next }: Page<Row>,
  show: (row: Row) => Shown,
): Answer {
  const body = { items: items.map(show), next }
  return next === null
    ? { status: 200, body }
    : { status: 200, body, headers: { Link: `<${nextAddress(request, next)}>; rel="next"` } }
}

function nextAddress(request: Request, next: string): string {
  const [path, query] = request.originalUrl.split('?', 2)
  const params = new URLSearchParams(query)
  params.set('cursor', next)
  return `${path}?${params.toString()}`
}

/** `a,b` or a repeated parameter. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(item).min(1).max(20))
