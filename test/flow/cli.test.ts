import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { partRecord, post, submit, untilState, type Line } from './line.ts'

const ROOT = join(import.meta.dirname, '../..')
const SAMPLES = join(ROOT, 'examples/samples')

type Ended = { code: number | null; stdout: string; stderr: string }

describe('the stageline command', () => {
  let line: Line
  before(async () => void (line = await startLine()))
  after(() => line?.[Symbol.asyncDispose]())

  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawn(process.execPath, [join(ROOT, 'packages/cli/src/stageline.ts'), ...args], {
      cwd: line.folder,
      env: { PATH: process.env['PATH'], STAGELINE_URL: line.baseUrl, STAGELINE_API_KEY: line.apiKey, ...env },
    })

  async function ended(child: ReturnType<typeof start>): Promise<Ended> {
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    return { code, stdout, stderr }
  }

  async function cli(args: readonly string[], { stdin = '', env = {} } = {}): Promise<Ended> {
    const child = start(args, env)
    child.stdin.end(stdin)
    return ended(child)
  }

  /** Runs it with `--json` and expects it to end with 0. */
  async function json<Body>(...args: string[]): Promise<Body> {
    const { code, stdout, stderr } = await cli([...args, '--json'])
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    return JSON.parse(stdout)
  }

  const oneTask = async (job: string) => (await json<{ openTasks: string[] }>('jobs', 'get', job)).openTasks[0] ?? ''

  async function file(name: string, content: string): Promise<string> {
    const path = join(line.folder, name)
    await writeFile(path, content)
    return path
  }

  it('submits a document, waits for it, and shows what came of it', async () => {
    const submitted = await json<{ items: { id: string; state: string }[] }>(
      'submit',
      join(SAMPLES, 'invoice-english.pdf'),
      '--wait',
    )

    const id = submitted.items[0]?.id ?? ''
    assert.equal(submitted.items[0]?.state, 'completed')
    const { stdout: job } = await cli(['jobs', 'get', id])
    assert.match(job, /completed\n.*workflow +document[^]*\nscoring +completed/)
    const { stdout: result } = await cli(['jobs', 'result', id])
    assert.equal(JSON.parse(result).fields.invoice_number.value, 'SST-20417')
    const { stdout: history } = await cli(['jobs', 'history', id])
    assert.match(history, /^AT[^]*accepted[^]*step +extraction +completed/)
    const { items } = await json<{ items: { id: string }[] }>('jobs', 'list', '--state', 'completed', '--limit', '1')
    assert.deepEqual([items.length, items[0]?.id], [1, id])
  })

  it('takes the other documents when one is refused, and ends with 4', async () => {
    const { code, stdout } = await cli([
      'submit',
      join(SAMPLES, 'not-a-document.zip'),
      join(SAMPLES, 'product-kettle.html'),
      '--json',
    ])

    const { items } = JSON.parse(stdout) as { items: { id?: string; problem?: { code: string } }[] }
    assert.equal(code, 4)
    assert.equal(items[0]?.problem?.code, 'document.unsupported_type')
    assert.ok(items[1]?.id)
  })

  it('runs exactly the records of a file that are asked for, as a batch', async () => {
    const rows = [0.9, 0.2, 0.7, 0.8, 0.95].map((priority, i) => `RC0603FR-07${i}KL,RES ${i}K,${priority}`)
    const csv = await file('parts.csv', ['mpn,description,priority_score', ...rows].join('\n'))

    const wish = ['--limit', '3', '--priority-threshold', '0.7', '--force-manual', '--key-field', 'mpn']
    const { batchId, accepted } = await json<{ batchId: string; accepted: number }>('run', csv, ...wish)

    const status = await json<{ total: number; name: string; byState: Record<string, number> }>(
      'status',
      batchId,
      '--watch',
    )
    assert.deepEqual([accepted, status.total, status.name, status.byState], [3, 3, 'parts.csv', { suspended: 3 }])
    const { items } = await json<{ items: { businessKey: string; priority: number }[] }>(
      'jobs',
      'list',
      '--batch',
      batchId,
    )
    assert.deepEqual(
      new Map(items.map(({ businessKey, priority }) => [businessKey, priority])),
      new Map([
        ['RC0603FR-070KL', 0.9],
        ['RC0603FR-072KL', 0.7],
        ['RC0603FR-073KL', 0.8],
      ]),
    )
    const { stdout: pending } = await cli(['pending', '--priority', 'high', '--limit', '1'])
    assert.equal(pending.trimEnd().split('\n').length, 2)
    assert.match(pending, /^TASK +TITLE/)
  })

  it('submits JSON lines from another program, and names the lines that were not taken', async () => {
    const good = JSON.stringify({ input: { record: { mpn: 'LM358N' } } })

    const { code, stdout } = await cli(['submit', '-', '--workflow', 'part'], {
      stdin: `${good}\n{"input": {}}\n${good}\n`,
    })

    assert.equal(code, 4)
    assert.match(stdout, /accepted +2 of 3[^]*Not taken:[^]*\n +2 +422 input\.invalid/)
  })

  it('settles a task with corrected values, once', async () => {
    const job = await submit(line, { ...partRecord(1), force: 'person' })
    await untilState(line, job, ['suspended'])
    const task = await oneTask(job)

    const claimed = await cli(['tasks', 'claim', task, '--lease', '60'])
    const shown = await cli(['tasks', 'show', task])
    const resolve = ['tasks', 'resolve', task, 'accept', '--set', 'manufacturer=Fictive Semi', '--reason', 'by hand']
    const resolved = await cli(resolve)
    const again = await cli(resolve)

    assert.match(claimed.stdout, /is held by test until/)
    assert.match(shown.stdout, new RegExp(`held by +test[^]*stageline tasks resolve ${task} VERDICT`))
    assert.deepEqual([resolved.code, resolved.stderr], [0, 'Not there before, so added: manufacturer\n'])
    assert.match(resolved.stdout, /is settled: accept, 1 value corrected/)
    assert.equal(again.code, 4)
    assert.match(again.stderr, /^stageline: The task is settled[^]*409 task\.closed/m)
    await untilState(line, job, ['completed'])
    const settled = await json<{ corrections: { path: string; to: unknown }[] }>('tasks', 'show', task)
    assert.ok(settled.corrections.some(({ to }) => to === 'Fictive Semi'))
  })

  it('suspends, resumes and cancels; a cancel is asked for twice, and what cannot be is refused', async () => {
    const job = await submit(line, { ...partRecord(2), force: 'person' })
    await untilState(line, job, ['suspended'])

    const resumed = await cli(['jobs', 'resume', job])
    await untilState(line, job, ['completed'])
    const tooLate = await cli(['jobs', 'resume', job])
    const other = await submit(line, { ...partRecord(3), force: 'person' })
    const unasked = await cli(['jobs', 'cancel', other])
    const cancelled = await json<{ state: string }>('jobs', 'cancel', other, '--yes', '--reason', 'Twice')
    const suspended = await cli(['jobs', 'suspend', other, '--reason', 'Too late'])

    assert.deepEqual([resumed.code, tooLate.code, unasked.code, suspended.code], [0, 4, 2, 4])
    assert.match(unasked.stderr, /Say --yes/)
    assert.equal(cancelled.state, 'cancelled')
  })

  it('acts on many jobs by a filter: counts, asks, and stays until it is through', async () => {
    const many = ['one', 'two', 'three'].map((n) => JSON.stringify({ mpn: `LM358-${n}` }))
    const { batchId } = await json<{ batchId: string }>(
      'run',
      await file('many.jsonl', many.join('\n')),
      '--force-manual',
      '--wait',
    )
    const cancel = ['jobs', 'cancel', '--batch', batchId, '--reason', 'Sent twice']

    const counted = await cli([...cancel, '--dry-run'])
    const unasked = await cli(cancel)
    const done = await json<{ id: string; state: string; done: number }>(...cancel, '--yes')
    const shown = await cli(['bulk', 'show', done.id, '--watch'])
    const neither = await cli(['jobs', 'retry'])
    const both = await cli(['jobs', 'retry', done.id, '--batch', batchId])
    const ended = await cli(['jobs', 'retry', '--state', 'cancelled', '--dry-run'])
    const listed = await json<{ items: { id: string }[] }>('bulk', 'list')

    assert.equal(counted.stdout, 'To cancel: 3 jobs (3 suspended)\n')
    assert.deepEqual([unasked.code, done.state, done.done], [2, 'completed', 3])
    assert.match(unasked.stderr, /To cancel: 3 jobs \(3 suspended\)\. Go on\?[^]*Say --yes/)
    assert.match(shown.stdout, /does +cancel: Sent twice[^]*done +3/)
    assert.deepEqual([shown.code, neither.code, both.code, ended.code], [0, 2, 2, 4])
    assert.match(ended.stderr, /cancelled cannot be meant/)
    assert.equal(listed.items[0]?.id, done.id)
  })

  it('tells a batch with a cancelled job by its exit code', async () => {
    const records = await file('one.jsonl', JSON.stringify({ mpn: 'LM358N' }))
    const { batchId } = await json<{ batchId: string }>('run', records, '--force-manual', '--wait')
    const { items } = await json<{ items: { id: string }[] }>('jobs', 'list', '--batch', batchId)
    await cli(['jobs', 'cancel', items[0]?.id ?? '', '--yes'])

    const { code, stdout } = await cli(['status', batchId])

    assert.equal(code, 1)
    assert.match(stdout, /cancelled +1/)
  })

  it('stops waiting at Ctrl-C, says how to look again, and does no harm', async () => {
    await line.call('/v1/stages/scoring:pause', post({ reason: 'for a test' }))
    const records = await file('waits.jsonl', JSON.stringify({ mpn: 'NE555P' }))
    const { batchId } = await json<{ batchId: string }>('run', records, '--force-automation')
    const child = start(['status', batchId, '--watch'])
    const watching = ended(child)
    await waitFor(
      async () =>
        (await json<{ items: { stage: string }[] }>('jobs', 'list', '--batch', batchId)).items[0]?.stage === 'scoring',
      { timeoutMs: 30_000, message: 'the job to come to the stage that is paused' },
    )
    await json('status', batchId)

    child.kill('SIGINT')
    const { code, stdout, stderr } = await watching

    assert.deepEqual([code, stdout], [130, ''])
    assert.match(stderr, new RegExp(`the line works on.*stageline status ${batchId} --watch`))
    await line.call('/v1/stages/scoring:resume', post({}))
    const { code: after } = await cli(['status', batchId, '--watch'])
    assert.equal(after, 0)
  })

  it('says what is wrong by its exit code and in words, on stderr only', async () => {
    const nobody = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071'

    const unknown = await cli(['jobs', 'get', nobody, '--json'])
    const badKey = await cli(['jobs', 'list'], { env: { STAGELINE_API_KEY: 'sl_0_wrong' } })
    const away = await cli(['health'], { env: { STAGELINE_URL: 'http://127.0.0.1:1' } })
    const typo = await cli(['jobs', 'lst'])
    const noFile = await cli(['submit', 'no-such.pdf'])

    assert.deepEqual(
      [unknown, badKey, away, typo, noFile].map(({ code, stdout }) => [code, stdout]),
      [
        [3, ''],
        [4, ''],
        [5, ''],
        [2, ''],
        [2, ''],
      ],
    )
    assert.match(
      unknown.stderr,
      /^stageline: There is nothing with this id[^]*404 resource\.unknown[^]*stageline jobs list/,
    )
    assert.match(badKey.stderr, /Check STAGELINE_API_KEY/)
    assert.match(away.stderr, /No answer from http:\/\/127\.0\.0\.1:1: [^]*--url or STAGELINE_URL/)
    assert.match(typo.stderr, /Did you mean list\?/)
    assert.match(noFile.stderr, /Cannot read no-such\.pdf: there is no such file/)
  })

  it('says whether the line is ready, and who works', async () => {
    const { status, stages } = await json<{ status: string; stages: { stage: string; workers: number }[] }>('health')

    assert.equal(status, 'pass')
    assert.ok(stages.some(({ stage, workers }) => stage === 'scoring' && workers === 1))
  })
})
