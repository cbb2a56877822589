import { withinLimit } from '@stageline/domain'
import { Cluster } from 'ioredis'
import type { RedisClient } from './open-redis.ts'

const LIMIT_MS = 1_500
const OLDEST = [6, 2] as const

export type RedisInspection = {
  version: string
  /** What makes it unfit to carry messages. */
  problems: string[]
  /** What costs time after a restart, but loses nothing. */
  warnings: string[]
}

/**
 * Whether this Redis keeps what it is given. By INFO alone, since managed servers and least rights forbid CONFIG; what a
 * server does not tell is taken to be in order. Of a cluster every primary is asked.
 * @throws Error when it does not answer
 */
export async function inspectRedis(redis: RedisClient): Promise<RedisInspection> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis]
  const seen = await withinLimit(LIMIT_MS, Promise.all(nodes.map((node) => node.info())), 'Redis')
  if (seen.length === 0) throw new Error('No primary of the cluster is known')
  const all = seen.map(inspect)
  return {
    version: all[0]!.version,
    problems: [...new Set(all.flatMap(({ problems }) => problems))],
    warnings: [...new Set(all.flatMap(({ warnings }) => warnings))],
  }
}

function inspect(info: string): RedisInspection {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim()
  const version = field('redis_version') ?? 'unknown'
  const policy = field('maxmemory_policy')
  const problems = []
  if (policy !== undefined && policy !== 'noeviction')
    problems.push(`maxmemory-policy is ${policy} and must be noeviction`)
  if (isOlder(version)) problems.push(`version ${version} is older than ${OLDEST.join('.')}`)
  const warnings = field('aof_enabled') === '0' ? ['it keeps no append-only file'] : []
  return { version, problems, warnings }
}

function isOlder(version: string): boolean {
  const [major, minor] = version.split('.').map(Number)
  if (major === undefined || minor === undefined || Number.isNaN(major)) return false
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
}
