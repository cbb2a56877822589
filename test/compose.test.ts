import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { durationMs, readCompose } from './containers/compose-file.ts'

const ROOT = join(import.meta.dirname, '..')
const FILE = join(ROOT, 'docker-compose.yml')
const PASSWORDS = { STAGELINE_POSTGRES_PASSWORD: 'a', STAGELINE_GATEWAY_PASSWORD: 'b', STAGELINE_WORKER_PASSWORD: 'c' }
const { services, volumes } = readCompose(FILE, PASSWORDS)

const all = Object.entries(services)
const ours = all.filter(([, { image }]) => image === 'stageline')
const deployed = ours.filter(
  ([, { environment }]) => environment['SERVICE'] && folders().includes(environment['SERVICE']),
)

/** What a service reads besides that which every service reads; a stage that is not named here has no more than others. */
const SECTIONS: Record<string, string[]> = {
  gateway: ['Gateway', 'Gateway and orchestrator', 'Services that call out'],
  orchestrator: [
    'Orchestrator',
    'Gateway and orchestrator',
    'Services that call out',
    'Sources of the orchestrator',
    'Mail of the orchestrator',
  ],
  classification: ['Stages', 'Services that call out', 'Model provider'],
  extraction: ['Stages', 'Services that call out', 'Model provider'],
  enrichment: ['Stages', 'Services that call out', 'Model provider', 'Enrichment'],
}

describe('docker-compose.yml', () => {
  it('runs every service of this repository', () => {
    const started = deployed.map(([, { environment }]) => environment['SERVICE'] ?? '')

    assert.deepEqual(started.toSorted(), folders().toSorted())
  })

  it('refuses to start without passwords', () => {
    for (const missing of Object.keys(PASSWORDS)) {
      assert.throws(() => readCompose(FILE, { ...PASSWORDS, [missing]: '' }), new RegExp(`${missing} has no value`))
    }
  })

  it('takes every right from every container', () => {
    for (const [name, { read_only: readOnly, cap_drop: dropped, security_opt: security, user, image }] of all) {
      assert.equal(readOnly, true, name)
      assert.deepEqual(dropped, ['ALL'], name)
      assert.deepEqual(security, ['no-new-privileges:true'], name)
      assert.ok(image === 'stageline' || (user ?? 'root') !== 'root', `${name} runs as root`)
    }
    assert.match(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'), /^USER [1-9]\d*:[1-9]\d*$/m)
  })

  it('checks the health of all that stays, and waits for it', () => {
    for (const [name, { restart, healthcheck }] of all) {
      assert.equal(healthcheck === undefined, restart === 'no', name)
    }
    for (const [name, { depends_on: dependencies }] of deployed) {
      const waited = { migrate: 'service_completed_successfully', redis: 'service_healthy' }
      const conditions = Object.entries(dependencies).map(([on, { condition }]) => [on, condition])
      assert.deepEqual(Object.fromEntries(conditions), waited, name)
    }
    assert.equal(services['migrate']?.depends_on['postgres']?.condition, 'service_healthy')
  })

  it('listens on this machine only, and pins every image to a version', () => {
    const ports = all.flatMap(([, service]) => service.ports)
    const foreign = all.flatMap(([, { image }]) => (image === 'stageline' ? [] : [image]))

    assert.deepEqual(ports, ['127.0.0.1:3000:8080'])
    for (const image of foreign) assert.match(image, /:\d/)
  })

  it('gives a stopping service longer than it drains', () => {
    const drainMs = Number(/^# STAGELINE_DRAIN_MS=(\d+)$/m.exec(envExample())?.[1])
    const closingMs = 4_000

    for (const [name, { stop_grace_period: grace = '0s' }] of deployed) {
      assert.ok(durationMs(grace) > drainMs + closingMs, name)
    }
  })

  it('keeps what lasts in named volumes', () => {
    const mounted = all.flatMap(([, service]) => service.volumes.map((volume) => volume.split(':')[0] ?? ''))

    assert.deepEqual([...new Set(mounted)].toSorted(), Object.keys(volumes).toSorted())
    const command = services['redis']?.command.join(' ') ?? ''
    assert.match(command, /--appendonly yes .*--maxmemory-policy noeviction/)
  })

  it('hands each service the settings that it has, and no other', () => {
    const sections = settingsBySection()
    const setElsewhere = new Set(['PORT', 'HOST', 'STAGELINE_BLOB_DIR', 'STAGELINE_PARENT', 'STAGELINE_QUARANTINE'])

    for (const [name, { environment }] of deployed) {
      const own = ['Every service', ...(SECTIONS[name] ?? ['Stages'])].flatMap((section) => sections[section] ?? [])
      const wanted = own.filter((setting) => !setElsewhere.has(setting))
      const given = Object.keys(environment).filter((key) => key !== 'SERVICE')
      assert.deepEqual(given.toSorted(), wanted.toSorted(), name)
    }
  })

  it('hands the migration what it stores with the built-in definitions', () => {
    const given = Object.keys(services['migrate']?.environment ?? {})

    const wanted = settingsBySection()['Migration'] ?? []
    assert.ok(wanted.length > 0)
    assert.deepEqual(
      wanted.filter((name) => !given.includes(name)),
      [],
    )
  })

  it('names no variable that .env.example does not explain', () => {
    const explained = Object.values(settingsBySection()).flat()
    const used = [...readFileSync(FILE, 'utf8').matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? '')

    assert.ok(used.length > 10)
    assert.deepEqual(
      used.filter((name) => !explained.includes(name)),
      [],
    )
  })
})

function folders(): string[] {
  return readdirSync(join(ROOT, 'services'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

function envExample(): string {
  return readFileSync(join(ROOT, '.env.example'), 'utf8')
}

function settingsBySection(): Record<string, string[]> {
  const [, ...sections] = envExample().split('# --- ')
  return Object.fromEntries(
    sections.map((section) => [
      section.slice(0, section.indexOf(' ---')),
      [...section.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name ?? ''),
    ]),
  )
}
