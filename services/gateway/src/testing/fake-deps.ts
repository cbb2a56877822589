import { createHash } from 'node:crypto'
import { DataError, newId } from '@stageline/domain'
import type { BlobStore } from '@stageline/engine/ports'
import { createImportDesk } from '@stageline/runtime'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GatewayDeps, GatewaySettings, SniffType } from '../gateway-deps.ts'
import { fakeCatalog } from './fake-catalog.ts'
import { fakeFigures } from './fake-figures.ts'
import { fakeEngine } from './fake-engine.ts'
import { fakeRuns } from './fake-runs.ts'
import { fakeReader } from './fake-reader.ts'
import { fakeWriter } from './fake-writer.ts'
import { compiled, TENANT, type FakeWorld } from './fake-world.ts'

export function fakeDeps(world: FakeWorld, settings: Partial<GatewaySettings> = {}): GatewayDeps {
  const catalog = fakeCatalog(world.catalog, () => world.now)
  const dir = join(tmpdir(), 'stageline-gateway-tests')
  const log = (level: string) => (fields: Record<string, unknown>) => void world.logged.push({ level, fields })
  return {
    engine: fakeEngine(world),
    reader: fakeReader(world),
    writer: fakeWriter(world),
    desk: world.desk,
    sla: world.sla,
    figures: fakeFigures(world),
    workflows: {
      version: async (_tenant, key) => compiled(world.workflows.get(key)!),
      latest: async (_tenant, key) => {
        const found = world.workflows.get(key)
        return found && compiled(found)
      },
    },
    apiKeys: { find: async (hash) => world.keys.get(hash), any: async () => world.keys.size > 0 },
    blobs: fakeBlobs(world),
    catalog,
    imports: createImportDesk({
      dir,
      catalog,
      observer: { trouble: (code, err) => void world.logged.push({ level: 'error', fields: { code, err } }) },
    }),
    ...fakeRuns(world),
    triggers: world.triggers,
    alerts: world.triggers,
    webhooks: world.webhooks,
    checkTarget: async (url) => {
      if (new URL(url).hostname.endsWith('.internal'))
        throw new DataError('outbound.address_refused', 'This is not a public address')
    },
    bulk: world.bulk.actions,
    sniffType: sniff,
    acceptedMediaTypes: ['application/pdf', 'image/png', 'text/csv', 'text/html', 'text/plain'],
    health: {
      started: () => ({ status: 200, body: { status: 'pass' } }),
      live: () => ({ status: 200, body: { status: 'pass' } }),
      ready: async () => ({ status: world.failing.length === 0 ? 200 : 503, body: { checks: world.failing } }),
    },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    now: () => world.now,
    settings: {
      localTenantId: TENANT,
      allowedHosts: [],
      maxDocumentBytes: 1_000_000,
      maxImportBytes: 1_000_000,
      sessionSecret: 'a secret for tests, long enough for them',
      sessionMs: 3_600_000,
      trustProxy: false,
      maxStreamsPerTenant: 2,
      eventPollMs: 5,
      heartbeatMs: 20,
      ...settings,
    },
  }
}

const sniff: SniffType = async (head, fileName) => {
  const text = Buffer.from(head).toString('latin1')
  if (text.startsWith('%PDF-')) return { mediaType: 'application/pdf' }
  if (text.startsWith('\x89PNG')) return { mediaType: 'image/png' }
  if (text.startsWith('<html')) return { mediaType: 'text/html' }
  if (text.startsWith('\xd0\xcf'))
    return { mediaType: 'application/x-cfb', hint: 'This is an Office file with a password.' }
  if (text.startsWith('PK')) return { mediaType: 'application/zip' }
  return { mediaType: fileName?.endsWith('.csv') ? 'text/csv' : 'text/plain' }
}

const fakeBlobs = (world: FakeWorld): BlobStore => ({
  write: async (content, { maxBytes, tenantId: _tenant, ...about }) => {
    const parts: Uint8Array[] = []
    let bytes = 0
    world.openWrites++
    try {
      for await (const part of content) {
        bytes += part.length
        if (bytes > maxBytes) throw new DataError('blob.too_large', `The file has more than ${maxBytes} bytes`)
        parts.push(part)
      }
    } finally {
      world.openWrites--
    }
    const whole = Buffer.concat(parts)
    const key = newId()
    world.blobs.set(key, whole)
    return { key, bytes, sha256: createHash('sha256').update(whole).digest('hex'), ...about }
  },
  put: async () => {
    throw new Error('The gateway derives no files')
  },
  read: async ({ key }) => {
    const bytes = world.blobs.get(key)
    if (!bytes) throw new DataError('blob.missing', 'There is no such file')
    return bytes
  },
  readPart: async () => {
    throw new Error('The gateway reads whole files')
  },
  remove: async (key) => void world.blobs.delete(key),
})
