import type { DeliveryQueue, Endpoint, TakenDelivery } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { deliverWebhooks, watchWebhooks } from './deliver-webhooks.ts'

type Send = Parameters<typeof deliverWebhooks>[0]['send']
const WELL = { status: 204, beginning: '' }

/** Endpoints `a`, `b` … with so many deliveries each. */
function setup(waiting: Record<string, number>, send: (endpoint: string) => ReturnType<Send>) {
  const left = new Map(Object.entries(waiting))
  const noted: string[] = []
  const counted: string[] = []
  const troubles: string[] = []
  const stop = new AbortController()
  const one = (id: string): TakenDelivery => ({
    tenantId: 't',
    id: 'd',
    webhookId: id,
    type: 'job.step',
    entry: {} as TakenDelivery['entry'],
    settings: { name: id, url: id, on: [], format: 'standard', enabled: true },
    secrets: [],
    tries: 1,
    fence: 1,
    at: '2026-11-20T12:00:00.000Z',
  })
  const queue: DeliveryQueue = {
    read: async () => ({ read: 0, noted: 0 }),
    note: async () => 'noted',
    due: async (except, limit) =>
      [...left]
        .filter(([id, count]) => count > 0 && !except.includes(id))
        .slice(0, limit)
        .map(([id]): Endpoint => ({ tenantId: 't', id })),
    take: async ({ id }, limit) => {
      const count = Math.min(left.get(id) ?? 0, limit)
      left.set(id, (left.get(id) ?? 0) - count)
      return Array.from({ length: count }, () => one(id))
    },
    delivered: async ({ webhookId }) => void noted.push(`${webhookId} delivered`),
    failed: async ({ webhookId }) => void noted.push(`${webhookId} failed`),
    forget: async () => 0,
  }
  const deliverer = deliverWebhooks({
    queue,
    send: ({ url }) => send(url),
    elapsedMs: () => 0,
    observer: {
      trouble: (code) => void troubles.push(code),
      count: (_, __, labels) => void counted.push(labels!.outcome!),
    },
    stopping: stop.signal,
  })
  return { deliverer, noted, counted, troubles, stop, queue, left }
}

test('all that is due is sent and counted; an endpoint that hangs holds up no other', async () => {
  const { deliverer, noted, counted } = setup({ a: 20, hangs: 3, b: 1 }, async (endpoint) =>
    endpoint === 'hangs' ? new Promise(() => undefined) : WELL,
  )

  await deliverer.runOnce()
  while (noted.length < 21) await turn()

  assert.deepEqual(noted.filter((line) => line === 'a delivered').length, 20)
  assert.deepEqual([noted.length, new Set(counted)], [21, new Set(['delivered'])])
})

test('an endpoint is served by one round at a time, and no more at once than fit', async () => {
  let [now, most] = [0, 0]
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`e${i}`, 1]))
  const { deliverer, noted } = setup({ ...many, e0: 30 }, async () => {
    most = Math.max(most, ++now)
    await turn()
    now -= 1
    return WELL
  })

  while (noted.length < 79) {
    await deliverer.runOnce()
    await turn()
  }

  assert.ok(most <= 32 + 8, `${most} at once`)
  await deliverer.idle()
})

test('what stopping cuts off is no failure of the receiver; what was answered counts', async () => {
  const { deliverer, noted, stop } = setup({ cut: 1, well: 1, ill: 1 }, async (endpoint) => {
    await turn()
    stop.abort()
    if (endpoint === 'cut') throw new Error('The connection was closed')
    return endpoint === 'well' ? WELL : { status: 500, beginning: '' }
  })

  await deliverer.runOnce()
  await deliverer.idle()

  assert.deepEqual(noted.toSorted(), ['ill failed', 'well delivered'])
})

test('a record that is away is told, and the endpoint is tried again in the next round', async () => {
  const { deliverer, noted, troubles, queue } = setup({ a: 1 }, async () => WELL)
  const { take } = queue
  queue.take = async () => {
    throw new Error('away')
  }
  await deliverer.runOnce()
  await deliverer.idle()
  queue.take = take
  await deliverer.runOnce()
  await deliverer.idle()

  assert.deepEqual([troubles, noted], [['orchestrator.deliver-webhooks'], ['a delivered']])
})

test('where nothing is to be sent the histories are read on all the same', async () => {
  const matches: number[] = []
  const read: DeliveryQueue['read'] = async (_, limit, match) => {
    matches.push(match([], []).length)
    return { read: limit, noted: 0 }
  }

  assert.deepEqual(await watchWebhooks({ queue: { read }, notify: false })(), { noted: 0, more: true })
  assert.equal(matches.length, 2)
})
