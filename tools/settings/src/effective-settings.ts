import { isSecretSetting } from '../../../packages/domain/src/load-settings.ts'
import { readSettings } from './read-settings.ts'

/** A setting as it holds in an environment. Secrets are masked. */
export type Effective = {
  section: string
  name: string
  /** As it is given or stands by default; null where there is neither. */
  value: string | null
  default: string | null
  from: 'environment' | 'default' | 'nowhere'
  /** What keeps a service from starting with it. */
  problem: string | null
}

/** Every setting of every service as this environment has it; an empty variable counts as not given. */
export function effectiveSettings(env: NodeJS.ProcessEnv): Effective[] {
  return readSettings().flatMap(({ title, settings }) =>
    settings.map(({ name, default: byDefault, problemOf }) => {
      const given = env[name] === '' ? undefined : env[name]
      return {
        section: title,
        name,
        value: given === undefined ? byDefault || null : shown(name, given),
        default: byDefault || null,
        from: given !== undefined ? 'environment' : byDefault ? 'default' : 'nowhere',
        problem: (given === undefined ? undefined : problemOf(given)) ?? null,
      }
    }),
  )
}

const shown = (name: string, value: string): string => (isSecretSetting(name) ? '(not shown)' : value)
