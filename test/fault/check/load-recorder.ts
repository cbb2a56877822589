import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type pg from 'pg'
import { RecorderLine } from './recorder-lines.ts'

/** Temporary, so that the check itself writes nothing that stays. */
const TABLES = `
  CREATE TEMPORARY TABLE recorded_accepted (tenant text, tenant_id uuid, key text, job_id uuid, fingerprint text, expect text, marker text);
  CREATE TEMPORARY TABLE recorded_calls (key text);
  CREATE TEMPORARY TABLE recorded_answers (tenant text, tenant_id uuid, marker text);
  CREATE TEMPORARY TABLE recorded_faults (name text)`

/** Recorders know tenants by id or by key. */
const NAME_TENANTS = `
  UPDATE recorded_accepted r SET tenant_id = t.id FROM tenants t WHERE r.tenant IN (t.id::text, t.key);
  UPDATE recorded_answers r SET tenant_id = t.id FROM tenants t WHERE r.tenant IN (t.id::text, t.key);
  ANALYZE recorded_accepted, recorded_calls, recorded_answers`

const AT_ONCE = 2_000

/**
 * Puts what the recorder saw into temporary tables beside the record, a piece at a time.
 *
 * @throws Error for a line that is none; only the last one may be broken, by a recorder that was killed.
 */
export async function loadRecorder(client: pg.Client, file: string): Promise<void> {
  await client.query(TABLES)
  let lines: RecorderLine[] = []
  for await (const line of readRecorder(file)) {
    lines.push(line)
    if (lines.length < AT_ONCE) continue
    await insert(client, lines)
    lines = []
  }
  await insert(client, lines)
  await client.query(NAME_TENANTS)
}

async function* readRecorder(file: string): AsyncGenerator<RecorderLine> {
  let number = 0
  let broken: Error | undefined
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1
    if (text.trim() === '') continue
    if (broken) throw broken
    const line = parse(text)
    if (line instanceof Error) broken = new Error(`${file}, line ${number} is no line of a recorder: ${line.message}`)
    else yield line
  }
}

function parse(text: string): RecorderLine | Error {
  try {
    return RecorderLine.parse(JSON.parse(text))
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

async function insert(client: pg.Client, lines: readonly RecorderLine[]): Promise<void> {
  const of = <Kind extends RecorderLine['kind']>(kind: Kind) =>
    lines.filter((line): line is Extract<RecorderLine, { kind: Kind }> => line.kind === kind)
  const accepted = of('accepted').map(({ tenant, key, jobId, fingerprint, expect, marker }) => ({
    tenant,
    key,
    job_id: jobId,
    fingerprint,
    expect,
    marker,
  }))
  const answers = of('answer').flatMap(({ tenant, markers }) => markers.map((marker) => ({ tenant, marker })))
  await insertRows(client, 'recorded_accepted', accepted)
  await insertRows(client, 'recorded_answers', answers)
  await insertRows(client, 'recorded_calls', of('call'))
  await insertRows(client, 'recorded_faults', of('fault'))
}

async function insertRows(client: pg.Client, table: string, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return
  await client.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)`, [
    JSON.stringify(rows),
  ])
}
