import { randomBytes } from 'node:crypto'
import { OutboundSettings } from '@stageline/connectors'
import { CommonConfig, IntakeBounds, loadSettings } from '@stageline/runtime'
import { z } from 'zod'

const HostNames = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ''),
  )
  .pipe(z.array(z.string().regex(/^[a-z0-9.-]+$/)))

export const GatewayConfig = CommonConfig.extend({
  /** Names besides localhost that browsers may use, separated by commas. */
  ALLOWED_HOSTS: HostNames.default([]),
  /** Largest file that may be uploaded, bytes. */
  STAGELINE_MAX_DOCUMENT_BYTES: z.coerce.number().int().min(1_024).max(1_073_741_824).default(52_428_800),
  /** Largest file that may be imported into the catalogue, bytes. */
  STAGELINE_MAX_IMPORT_BYTES: z.coerce.number().int().min(1_024).max(10_737_418_240).default(1_073_741_824),
  /** Seals browser sessions; the same for all gateways. Without it, sessions end with the process. */
  STAGELINE_SESSION_SECRET: z
    .string()
    .min(32)
    .default(() => randomBytes(32).toString('hex')),
  /** How long a browser stays signed in, hours. */
  STAGELINE_SESSION_HOURS: z.coerce.number().min(0.1).max(720).default(12),
  /** Open `/v1/events` streams of one tenant. */
  STAGELINE_MAX_STREAMS: z.coerce.number().int().min(1).max(10_000).default(200),
  /** How long a stopping gateway still answers while `/health/ready` says 503, so that balancers send their requests elsewhere, ms: part of STAGELINE_DRAIN_MS. */
  STAGELINE_GATEWAY_LINGER_MS: z.coerce.number().int().min(0).max(60_000).default(500),
  /** `1` when a proxy that sets X-Forwarded-Proto stands before this process. */
  TRUST_PROXY: z.enum(['0', '1']).default('0'),
})
  .extend(IntakeBounds.shape)
  .extend(OutboundSettings.shape)
export type GatewayConfig = z.infer<typeof GatewayConfig>

/** @throws ConfigError naming every setting that is not usable */
export const loadConfig = (env: NodeJS.ProcessEnv): Readonly<GatewayConfig> => loadSettings(GatewayConfig, env)
