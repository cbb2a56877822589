import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import pg from 'pg'
import type { Line } from './line.ts'

type View = { id: string; state: string; rows: { read: number; stored: number; faulty: number } }

const ROWS = 60_000

const csv = (): string =>
  [
    'key,name,voltage',
    ...Array.from({ length: ROWS }, (_, n) => `FLOW-${n},Capacitor of the test ${n} nF,${n % 50} V`),
  ].join('\n')

async function send(line: Line): Promise<View> {
  const body = new FormData()
  body.append('kind', 'part')
  body.append('file', new Blob([csv()]), 'parts.csv')
  const response = await line.call('/v1/catalog:import', { method: 'POST', body })
  assert.equal(response.status, 202, await response.clone().text())
  return (await response.json()) as View
}

const view = (line: Line, id: string): Promise<View> => line.json<View>(`/v1/catalog/imports/${id}`)

describe('an import into the catalogue', () => {
  it('shows how far it is, and completes what a killed gateway left when the file is sent again', async () => {
    await using line = await startLine({ stages: [] })
    const stop = await holdHalfWay(line)
    const first = await send(line)
    await waitFor(async () => (await view(line, first.id)).rows.stored > 0, {
      timeoutMs: 60_000,
      message: 'some rows to be stored',
    })
    const halfWay = await view(line, first.id)

    await line.stop('gateway', 'SIGKILL')
    await stop.letGo()
    line.start('gateway')
    await waitFor(async () => (await fetch(`${line.baseUrl}/health/live`).catch(() => undefined))?.ok, {
      timeoutMs: 60_000,
      message: 'the gateway to be back',
    })
    await letTimePass(line)
    const broken = await view(line, first.id)
    const second = await send(line)
    await waitFor(async () => (await view(line, second.id)).state === 'completed', {
      timeoutMs: 120_000,
      message: 'the second import to be completed',
    })
    const ended = await view(line, second.id)

    assert.deepEqual([halfWay.state, broken.state], ['storing', 'interrupted'])
    assert.ok(broken.rows.stored < ROWS)
    assert.deepEqual(ended.rows, { read: ROWS, stored: ROWS, faulty: 0 })
    const last = await line.json<{ name: string }>(`/v1/catalog/part/FLOW-${ROWS - 1}`)
    assert.equal(last.name, `Capacitor of the test ${ROWS - 1} nF`)
  })

  it('says of a gateway that stops in order that it was interrupted', async () => {
    await using line = await startLine({ stages: [] })
    const stop = await holdHalfWay(line)
    const { id } = await send(line)
    await waitFor(async () => (await view(line, id)).rows.stored > 0, { timeoutMs: 60_000, message: 'some rows' })

    const stopped = line.stop('gateway')
    await stop.letGo()
    await stopped

    await using client = await connected(line)
    const { rows } = await client.query<{ state: string }>('SELECT state FROM catalog_imports WHERE id = $1', [id])
    assert.equal(rows[0]?.state, 'interrupted')
  })
})

/** Somebody else is about to store one of the rows: an import cannot get past it before that is let go, however quick it is. */
async function holdHalfWay(line: Line): Promise<{ letGo: () => Promise<void> }> {
  const client = await connected(line)
  await client.query('BEGIN')
  await client.query(
    `INSERT INTO catalog_items (tenant_id, kind, key, name, attributes) SELECT id, 'part', $1, 'Held', '{}' FROM tenants`,
    [`FLOW-${ROWS / 2}`],
  )
  return { letGo: () => client.end() }
}

/** More than the silence after which an import counts as interrupted. */
async function letTimePass(line: Line): Promise<void> {
  await using client = await connected(line)
  await client.query(`UPDATE clock_offset SET shift = shift + interval '31 s'`)
}

async function connected(line: Line) {
  const client = new pg.Client({ connectionString: line.database.adminUrl })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}
