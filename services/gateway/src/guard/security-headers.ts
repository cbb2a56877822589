import type { RequestHandler } from 'express'
import helmet from 'helmet'

type Sources = Readonly<Record<string, readonly string[]>>

const NOTHING: Sources = {
  defaultSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
}

/** What each area may load. Nowhere is inline script allowed, and nothing comes from another host. */
const POLICIES = {
  api: NOTHING,
  pages: {
    ...NOTHING,
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
  },
  /** Swagger UI draws its icons from data addresses and sets sizes in style attributes. */
  docs: {
    ...NOTHING,
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    styleSrcAttr: ["'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
  },
  /** Bull Board finds its files by a base address, and its tabs bring one short style sheet of known content. */
  board: {
    ...NOTHING,
    baseUri: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='"],
    styleSrcAttr: ["'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
  },
} satisfies Record<string, Sources>

export type Area = keyof typeof POLICIES

/**
 * Headers for one area. `Referrer-Policy` is `same-origin` because under `no-referrer` browsers send `Origin: null`
 * with forms; HSTS is left to whoever terminates TLS.
 */
export function securityHeaders(area: Area): RequestHandler {
  const directives = Object.fromEntries(Object.entries(POLICIES[area]).map(([name, sources]) => [name, [...sources]]))
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  })
}
