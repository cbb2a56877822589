import { isId } from '@stageline/domain'
import { z } from 'zod'

/** Ids are UUIDv7; anything else is the id of nothing. */
export const Id = z
  .string()
  .refine(isId, 'This is not an id.')
  .meta({ description: 'A UUID, version 7', format: 'uuid', example: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071' })

export const IdParams = z.strictObject({ id: Id })
