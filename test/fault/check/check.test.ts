import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openSoundRecord } from './testing/sound-record.ts'

const CHECK = join(import.meta.dirname, 'check.ts')

/** Runs the program as people do. */
const check = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [CHECK, ...args], (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    )
  })

describe('check.ts', () => {
  it('says of a sound record that all of it holds, as a table and as JSON', async () => {
    await using record = await openSoundRecord()
    const json = join(record.folder, 'report.json')

    const { code, out, err } = await check(
      '--database',
      record.databaseUrl,
      '--recorder',
      await record.record(),
      '--json',
      json,
    )

    assert.equal(code, 0, out + err)
    assert.match(out, /^I1 .* holds$/m)
    assert.match(out, /2 jobs · 0 lost · 0 doubled · 0 illegal · 0 stuck · 0 of 3 executions were repeats/)
    const { invariants, ...figures } = JSON.parse(await readFile(json, 'utf8')) as { invariants: { id: string }[] }
    assert.deepEqual(
      invariants.map(({ id }) => id),
      'I1 I2 I3 I4 I5 I6 I7 I8 I9 I10 C1'.split(' '),
    )
    assert.deepEqual(figures, {
      accepted: 2,
      lost: 0,
      doubled: 0,
      illegal: 0,
      stuck: 0,
      duplicateExecutions: 0,
      executions: 3,
      redisMemoryBytes: null,
      holds: true,
    })
  })

  it('ends with 1 and an example when something does not hold', async () => {
    await using record = await openSoundRecord()
    await record.accept('key-3')

    const { code, out } = await check('--database', record.databaseUrl)

    assert.equal(code, 1)
    assert.match(out, /^I2 .* BROKEN {2}1\n {7}a job that goes nowhere: job .* is queued/m)
  })

  it('leaves out what only holds at rest while work is going on, and says so', async () => {
    await using record = await openSoundRecord()
    await record.accept('key-3')

    const { code, out } = await check('--database', record.workerUrl, '--unquiesced')

    assert.equal(code, 0, out)
    assert.match(out, /not checked: a job that goes nowhere/)
  })

  it('bears the torn last line of a recorder that was killed, and no other', async () => {
    await using record = await openSoundRecord()
    const file = await record.record()
    await appendFile(file, '{"kind":"accepted","at":"2026-')
    const torn = await check('--database', record.databaseUrl, '--recorder', file)
    await writeFile(file, `{"kind":"nonsense"}\n${await readFile(file, 'utf8')}`)
    const broken = await check('--database', record.databaseUrl, '--recorder', file)

    assert.equal(torn.code, 0, torn.out + torn.err)
    assert.equal(broken.code, 2)
    assert.match(broken.err, /recorder\.ndjson, line 1 is no line of a recorder/)
  })

  it('refuses to judge what it cannot see, and tells how it is used', async () => {
    await using record = await openSoundRecord()

    const blind = await check('--database', record.gatewayUrl)
    const [wrong, help] = [await check('--databse', 'x'), await check('--help')]

    assert.equal(blind.code, 2)
    assert.match(blind.err, /does not see all rows/)
    assert.equal(wrong.code, 2)
    assert.equal(help.code, 0)
    assert.match(help.out, /--unquiesced/)
  })
})
