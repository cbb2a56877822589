import { CATALOG_KINDS } from '@stageline/domain'
import { z } from 'zod'
import { isUrlTemplate } from './url-template.ts'

const ENRICHMENT_SOURCES = ['catalog', 'digikey', 'http', 'model'] as const

const Sources = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )
  .pipe(z.array(z.enum(ENRICHMENT_SOURCES)))

/** `manufacturer=/maker/name, key=/mpn`: pairs of a field and a JSON pointer (RFC 6901). */
const Mapping = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((pair) => pair.trim())
      .filter((pair) => pair !== ''),
  )
  .pipe(z.array(z.string().regex(/^[a-z_]{1,64}=\/\S*$/, 'Expected pairs such as manufacturer=/maker/name')))
  .transform((pairs) =>
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
  )

/** Where enrichment looks beside the catalogue. What is not configured is left out. */
export const LookUpSettings = z.object({
  /** Where enrichment looks, in this order, until nothing is missing: `catalog`, `digikey`, `http`, `model`; those without settings are left out. */
  ENRICHMENT_SOURCES: Sources.default([...ENRICHMENT_SOURCES]),
  /** Client of the DigiKey Product Information API v4; with its secret, DigiKey is asked. */
  DIGIKEY_CLIENT_ID: z.string().min(1).optional(),
  /** Secret of that client. */
  DIGIKEY_CLIENT_SECRET: z.string().min(1).optional(),
  /** Where the API is; https://sandbox-api.digikey.com for trying. */
  DIGIKEY_URL: z.url({ protocol: /^https?$/ }).default('https://api.digikey.com'),
  /** The site whose catalogue is searched: US, DE, UK … */
  DIGIKEY_SITE: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('US'),
  /** An own look-up by GET, with values of fields in braces: https://parts.example.com/v1/{key}?maker={manufacturer} */
  HTTP_LOOKUP_URL: z
    .string()
    .refine(isUrlTemplate, 'Expected http(s)://host/…, with braces behind the host only')
    .optional(),
  /** What its JSON holds: field=pointer, separated by commas; `key` and `name` say what it is about: key=/mpn,manufacturer=/maker/name. */
  HTTP_LOOKUP_FIELDS: Mapping.default([]),
  /** What it knows: `part`, `vendor` or `product`. */
  HTTP_LOOKUP_KIND: z.enum(CATALOG_KINDS).default('part'),
  /** Sent to it as a bearer token. */
  HTTP_LOOKUP_TOKEN: z.string().optional(),
})
export type LookUpSettings = z.infer<typeof LookUpSettings>
