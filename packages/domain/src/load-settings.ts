import type { z } from 'zod'

/** The settings are not usable; the message names all of them at once, with what was expected and what was given. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Whether the value of a setting must not be shown: addresses carry passwords. */
export const isSecretSetting = (name: string): boolean => /URL|KEY|SECRET|PASSWORD|TOKEN|CONNECTIONS/.test(name)

/**
 * Reads settings from the environment. Empty variables count as unset.
 * @throws ConfigError naming every problem; values of secrets are not repeated.
 */
export function loadSettings<Shape extends z.ZodObject>(
  schema: Shape,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<z.infer<Shape>> {
  const given = Object.fromEntries(Object.entries(env).filter(([key, value]) => key in schema.shape && value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return Object.freeze(parsed.data)
  const lines = parsed.error.issues.map(({ path, message }) => {
    const key = String(path[0])
    return `  ${key}: ${message}, got ${describe(key, env[key])}`
  })
  throw new ConfigError(
    `These settings are not usable:\n${lines.join('\n')}\nSee .env.example for all settings and their defaults.`,
  )
}

function describe(key: string, value: string | undefined): string {
  if (value === undefined || value === '') return 'nothing'
  return isSecretSetting(key) ? 'a value that is not shown' : JSON.stringify(value)
}
