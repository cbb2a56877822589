/**
 * Writes `.env.example`: `node tools/settings/src/env-example.ts`. It lists every setting of every service from the
 * schemas that check them, with what the comment beside each says, after the few that only docker-compose.yml reads. It
 * must not know what a setting does.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSettings, ROOT, type Section, type Setting } from './read-settings.ts'

export const ENV_EXAMPLE = join(ROOT, '.env.example')

const HEAD = `# Settings of all services: generated from their schemas by tools/settings/src/env-example.ts.
# A setting that stands behind a # has the value shown when it is not given; an empty value counts as not given.

# --- docker compose only ---
# Passwords of the database: of its owner, of the gateway's role and of the workers' role. Letters and digits only, since
# they become parts of URLs: openssl rand -hex 24
STAGELINE_POSTGRES_PASSWORD=
STAGELINE_GATEWAY_PASSWORD=
STAGELINE_WORKER_PASSWORD=
# Where the gateway is reached on this machine.
# STAGELINE_PORT=3000
`

const COMPOSE_SETS: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'REDIS_URL',
  'STAGELINE_BLOB_DIR',
  'PORT',
  'HOST',
  'STAGELINE_PARENT',
  'STAGELINE_QUARANTINE',
])

export const renderEnvExample = (): string => `${HEAD}\n${readSettings().map(renderSection).join('\n')}`

const renderSection = ({ title, settings }: Section): string =>
  `# --- ${title} ---\n${settings.map(renderSetting).join('')}`

function renderSetting({ name, comment, required, default: value }: Setting): string {
  const notes = [
    comment,
    required ? 'Required.' : '',
    COMPOSE_SETS.has(name) ? 'Containers: set by the image or compose.' : '',
  ]
  const about = notes.filter((note) => note !== '').join(' ')
  return `${about === '' ? '' : `# ${about}\n`}# ${name}=${value}\n`
}

if (import.meta.main) writeFileSync(ENV_EXAMPLE, renderEnvExample())
