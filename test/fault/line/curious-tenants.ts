import { setTimeout as delay } from 'node:timers/promises'
import type { Member } from './member.ts'
import type { Recorder } from './recorder.ts'
import type { Tenant } from './submitter.ts'

const EVERY_MS = 1_000
const WITHIN_MS = 5_000

export type CuriousTenants = AsyncDisposable & {
  /** How many tenants were shown something of their own: else that they saw nothing foreign says nothing. */
  shown(): number
}

/**
 * Each tenant reads what it may see, and asks for the newest job of the other one; whose markers stand in the answers is
 * noted for the checker.
 */
export function startCuriousTenants({
  gateways,
  tenants,
  recorder,
}: {
  gateways: readonly Member[]
  tenants: readonly Tenant[]
  recorder: Recorder
}): CuriousTenants {
  const shown = new Set<string>()
  const newest = new Map<string, string>()
  const stopListening = recorder.listen((line) => {
    if (line.kind === 'accepted') newest.set(line.tenant, line.jobId)
  })
  const over = new AbortController()
  let turn = 0

  const read = async (tenant: Tenant, path: string): Promise<void> => {
    turn += 1
    const { port } = gateways[turn % gateways.length]!
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(WITHIN_MS)])
    const headers = { authorization: `Bearer ${tenant.apiKey}` }
    const text = await fetch(`http://127.0.0.1:${port}${path}`, { headers, signal })
      .then((answer) => answer.text())
      .catch(() => '')
    const markers = tenants.map(({ marker }) => marker).filter((marker) => text.includes(marker))
    if (markers.includes(tenant.marker)) shown.add(tenant.id)
    if (markers.length > 0) recorder.write({ kind: 'answer', at: new Date().toISOString(), tenant: tenant.id, markers })
  }
  const readAll = async () => {
    for (const tenant of tenants) {
      await read(tenant, '/v1/jobs?limit=20')
      for (const id of newest.values()) await read(tenant, `/v1/jobs/${id}/input`)
    }
  }
  const reading = (async () => {
    while (!over.signal.aborted) {
      await readAll()
      await delay(EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined)
    }
  })()
  return {
    shown: () => shown.size,
    [Symbol.asyncDispose]: async () => {
      stopListening()
      over.abort()
      await reading
    },
  }
}
