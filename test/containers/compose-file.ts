import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const Healthcheck = z.strictObject({
  test: z.array(z.string()).min(2),
  interval: z.string(),
  timeout: z.string(),
  start_period: z.string(),
  retries: z.number().int(),
})

/** Strict: a key that this reader does not know is refused, never left out. */
const Service = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).default([]),
  user: z.string().optional(),
  restart: z.enum(['no', 'unless-stopped']),
  read_only: z.boolean().default(false),
  tmpfs: z.array(z.string()).default([]),
  shm_size: z.string().optional(),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
  volumes: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  profiles: z.array(z.string()).default([]),
  healthcheck: Healthcheck.optional(),
  depends_on: z
    .record(z.string(), z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }))
    .default({}),
})
export type ComposeService = z.infer<typeof Service>

const Compose = z.object({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
})
export type Compose = z.infer<typeof Compose>

/**
 * Reads a compose file as `docker compose` does, with these values for its variables.
 *
 * @throws Error naming a required variable that has no value, or a key that is not known here.
 */
export function readCompose(file: string, variables: Readonly<Record<string, string>>): Compose {
  const raw: unknown = parse(readFileSync(file, 'utf8'), { merge: true })
  return Compose.parse(fillIn(raw, variables))
}

function fillIn(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return interpolate(value, variables)
  if (Array.isArray(value)) return value.map((item) => fillIn(item, variables))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillIn(inner, variables)]))
}

/** `${NAME}`, `${NAME:-default}` and `${NAME:?what to do}`; an empty value counts as none in the last two. */
function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{(\w+)(?:(:[-?])([^}]*))?\}/g, (_, name: string, operator?: string, rest = '') => {
    const value = variables[name]
    if (value || operator === undefined) return value ?? ''
    if (operator === ':?') throw new Error(`${name} has no value: ${rest}`)
    return rest
  })
}

/** `40s`, `1m` or `500ms` as milliseconds. */
export function durationMs(text: string): number {
  const match = /^(\d+)(ms|s|m)$/.exec(text)
  if (!match) throw new Error(`${text} is not a duration`)
  return Number(match[1]) * { ms: 1, s: 1_000, m: 60_000 }[match[2] as 'ms' | 's' | 'm']
}
