import { DataError, toFailure, TransientError } from '@stageline/domain'
import assert from 'node:assert/strict'
import test from 'node:test'
import { observed, stepInfo } from './testing/observed.ts'

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

test('a completed step is one line with its ids, its duration and the trace of its job', async () => {
  const { telemetry, lines } = observed()

  const info = stepInfo({ trace: TRACE, batchId: 'batch-1' })
  await telemetry.observer.step(info, () => Promise.resolve({ outcome: 'completed' }))

  const { time, pid, durationMs, ...rest } = lines()[0]!
  assert.ok(lines().length === 1 && typeof time === 'string' && typeof pid === 'number')
  assert.ok(typeof durationMs === 'number' && durationMs >= 0)
  assert.deepEqual(rest, {
    level: 'debug',
    msg: 'step completed',
    service: 'extraction',
    jobId: 'job-1',
    step: 'extract',
    stage: 'extraction',
    workflow: 'document',
    attempt: 1,
    batchId: 'batch-1',
    tenantId: 'tenant-1',
    traceId: '0af7651916cd43dd8448eb211c80319c',
  })
})

const endings = [
  { end: { outcome: 'returned' }, level: 'info', msg: 'step given back' },
  { end: { outcome: 'stale' }, level: 'debug', msg: 'step no longer wanted' },
  { end: { outcome: 'lost' }, level: 'debug', msg: 'step no longer wanted' },
  {
    end: { outcome: 'failed', failure: toFailure(new TransientError('step.timeout', 'too slow')) },
    level: 'warn',
    msg: 'step failed',
  },
  {
    end: { outcome: 'failed', failure: toFailure(new DataError('extraction.unreadable_document', 'no')) },
    level: 'error',
    msg: 'step needs a person',
  },
  {
    end: { outcome: 'waiting', failure: toFailure(new TransientError('step.timeout', 'too slow')) },
    level: 'warn',
    msg: 'step waiting',
  },
] as const
for (const { end, level, msg } of endings) {
  const name = 'failure' in end ? `${end.outcome} by a ${end.failure.kind} error` : end.outcome
  test(`a step that ended as ${name} is told as "${msg}", level ${level}`, async () => {
    const { telemetry, lines } = observed()

    await telemetry.observer.step(stepInfo(), () => Promise.resolve(end))

    assert.deepEqual(
      lines().map((line) => ({ level: line.level, msg: line.msg })),
      [{ level, msg }],
    )
  })
}

test('what a step throws flies on, is counted, and is not told twice', async () => {
  const { telemetry, lines, metrics } = observed()
  const broken = new Error('the record is gone')

  await assert.rejects(
    telemetry.observer.step(stepInfo(), () => Promise.reject(broken)),
    broken,
  )

  assert.deepEqual(lines(), [])
  const { text } = await metrics()
  assert.match(text, /^stageline_steps_total\{stage="extraction",outcome="threw"\} 1$/m)
})

test('content never reaches the log: not from inputs, outputs, details, messages of parsers or stray fields', async () => {
  const { telemetry, written } = observed()
  const CANARY = 'CANARY-7f3a'
  const parserErrors = [CANARY, `{"${CANARY}": x}`, `{"a": x, "${CANARY}"}`].map((text) =>
    catchError(() => JSON.parse(text)),
  )
  const failures = [
    toFailure(new DataError('x.bad', `field ${CANARY}`, { details: { text: CANARY } })),
    toFailure(new Error(`could not read ${CANARY}`)),
    toFailure(new Error(CANARY, { cause: new Error(CANARY) })),
    toFailure(CANARY),
  ]
  const { logger, observer } = telemetry

  for (const failure of failures) {
    await observer.step(stepInfo(), () => Promise.resolve({ outcome: 'failed', failure }))
    observer.trouble(`code.${failures.indexOf(failure)}`, failure, { input: { CANARY }, note: CANARY })
  }
  for (const [at, error] of parserErrors.entries()) observer.trouble(`parse.${at}`, error)
  observer.trouble('thrown', CANARY)
  logger.child({ document: CANARY }).info({ output: { total: CANARY }, list: [CANARY], text: CANARY }, 'handled')
  logger.error({ err: Object.assign(new Error('x'), { body: CANARY, cause: CANARY }) }, 'broken')
  await telemetry.shutdown()

  assert.equal(written.length, 14)
  assert.deepEqual(
    written.filter((line) => line.includes(CANARY)),
    [],
  )
})

test('keys and passwords are not written, wherever they stand', () => {
  const { telemetry, written } = observed()
  const error = new Error('connect to postgres://stage:HUSH@db.internal:5432/line failed')

  telemetry.logger.warn(
    { err: error, apiKey: 'HUSH', headers: { authorization: 'HUSH' }, a: { b: { c: 'HUSH' } } },
    'm',
  )
  telemetry.logger.warn({ databaseUrl: 'postgres://stage:HUSH@db', reason: 'redis://:HUSH@cache is away' }, 'm')

  assert.equal(written.length, 2)
  assert.ok(!written.join('').includes('HUSH'))
  assert.match(written[0]!, /postgres:\/\/…@db\.internal/)
})

test('a failure keeps what a person needs to find its cause', async () => {
  const { telemetry, lines } = observed()
  const away = toFailure(new TransientError('connector.timeout', 'no answer from parts.example within 5000 ms'))

  await telemetry.observer.step(stepInfo(), () => Promise.resolve({ outcome: 'failed', failure: away }))
  await telemetry.observer.step(stepInfo(), () =>
    Promise.resolve({ outcome: 'failed', failure: toFailure(new Error('content')) }),
  )

  const [known, thrown] = lines().map(({ code, error }) => ({ code, error }))
  assert.deepEqual(known, {
    code: 'connector.timeout',
    error: {
      kind: 'transient',
      code: 'connector.timeout',
      message: 'no answer from parts.example within 5000 ms',
    },
  })
  assert.match(JSON.stringify(thrown), /stage\.threw.*start-telemetry\.test\.ts:\d+/)
})

test('the level of the log changes while the process runs, for child loggers too', () => {
  const { telemetry, lines } = observed({ logLevel: 'warn' })
  const child = telemetry.logger.child({ jobId: 'job-1' })

  child.info({}, 'before')
  telemetry.setLogLevel('info')
  child.info({}, 'after')

  assert.deepEqual(
    lines().map(({ msg, jobId }) => ({ msg, jobId })),
    [{ msg: 'after', jobId: 'job-1' }],
  )
})

test('without a collector the trace that work came with is passed on, and none is made up', async () => {
  const { telemetry } = observed()
  const seen: (string | null)[] = []
  const look = () => {
    seen.push(telemetry.currentTraceparent())
    return Promise.resolve({ outcome: 'completed' as const })
  }

  await telemetry.observer.step(stepInfo({ trace: TRACE }), look)
  await telemetry.observer.step(stepInfo({ trace: 'not a traceparent' }), look)
  await telemetry.observer.step(stepInfo(), look)

  assert.deepEqual(seen, [TRACE, null, null])
  assert.equal(telemetry.currentTraceparent(), null)
})
function catchError(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

test('a server error of ten thousand requests is one line and then its count; other lines are not held back', async () => {
  const { telemetry, lines } = observed()
  const err = new Error('Connection terminated unexpectedly')

  for (let i = 0; i < 10_000; i++) telemetry.quietLogger.error({ code: 'service.unavailable', err }, 'request failed')
  telemetry.quietLogger.error({ code: 'internal.error', err }, 'request failed')
  telemetry.quietLogger.info({}, 'gateway listening')
  telemetry.quietLogger.info({}, 'gateway listening')
  await telemetry.shutdown()

  assert.deepEqual(
    lines().map(({ msg, code, count }) => [msg, code, count]),
    [
      ['request failed', 'service.unavailable', 1],
      ['request failed', 'internal.error', 1],
      ['gateway listening', undefined, undefined],
      ['gateway listening', undefined, undefined],
      ['request failed', 'service.unavailable', 9_999],
    ],
  )
})
