import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { jobOf, post, query, untilState, upload, type Line } from './line.ts'
import { completion, sendJson, startModelStub, type Asked, type Reply } from './model-stub.ts'

type Stub = Awaited<ReturnType<typeof startModelStub>>
/** What the server does when it is asked about a company's document for the first, second … time. */
type Behaviour = (asked: Asked, nth: number) => Reply | undefined

describe('a language model over a socket', () => {
  const behaviours = new Map<string, Behaviour>()
  let stub: Stub
  let line: Line
  before(async () => {
    stub = await startModelStub((asked) => {
      const company = companyIn(asked.prompt)
      const nth = stub.asked.filter(
        (one) => one.template === asked.template && companyIn(one.prompt) === company,
      ).length
      return behaviours.get(company)?.(asked, nth) ?? { says: rightAnswer(asked.template, company) }
    })
    line = await startLine({
      env: {
        MODEL_PROVIDER: 'openai-compatible',
        MODEL_PROVIDER_URL: `http://${stub.host}/v1`,
        MODEL_PROVIDER_MODEL: 'small',
        MODEL_PROVIDER_KEY: 'hush',
        MODEL_PROVIDER_MODE: 'always',
        MODEL_PROVIDER_TIMEOUT: '5',
        MODEL_PROVIDER_INPUT_PRICE: '2',
        MODEL_PROVIDER_OUTPUT_PRICE: '15',
        STAGELINE_OUTBOUND_ALLOW: stub.host,
        STAGELINE_BREAKER_BASE_MS: '1000',
        WORKFLOW_RETRY_BACKOFF: '1',
        WORKFLOW_MAX_RETRIES: '1',
      },
    })
  })
  after(async () => {
    await line?.[Symbol.asyncDispose]()
    await stub?.[Symbol.asyncDispose]()
  })

  /** Submits a receipt of this company, about which extraction's question is answered so. */
  async function submitReceipt(company: string, behaviour?: Behaviour): Promise<string> {
    if (behaviour) behaviours.set(company, ofExtraction(behaviour))
    const answer = await upload(line, { name: 'receipt.txt', bytes: new TextEncoder().encode(receiptOf(company)) })
    assert.equal(answer.status, 202, await answer.clone().text())
    return ((await answer.json()) as { id: string }).id
  }

  const taskOf = async (job: string): Promise<Task> => {
    const { items } = await line.json<{ items: Task[] }>(`/v1/tasks?job=${job}`)
    assert.equal(items.length, 1, JSON.stringify(items))
    return items[0]!
  }
  const attemptsOf = async (job: string) =>
    Object.fromEntries((await jobOf(line, job)).steps.map(({ key, attempt }) => [key, attempt]))
  const callsAbout = (company: string) =>
    stub.asked.filter(({ template, prompt }) => template === EXTRACTION && companyIn(prompt) === company)

  it('reads a document in three stages; prompt, tokens, cost and time of each call stay in the record', async () => {
    const job = await submitReceipt('OBLIGING CORNER SHOP')

    await untilState(line, job, ['completed'], 60_000)

    const { result } = await line.json<{ result: { fields: Record<string, Value> } }>(`/v1/jobs/${job}/result`)
    const { company, currency } = result.fields
    assert.deepEqual(
      [company?.value, company?.confidence, company?.source.method, company?.source.page, company?.source.text],
      ['OBLIGING CORNER SHOP', 0.95, 'model', 1, 'OBLIGING CORNER SHOP'],
    )
    assert.deepEqual(
      [currency?.value, currency?.confidence, currency?.source.grounded, currency?.source.model],
      ['MYR', 0.45, false, 'openai-compatible/stub-1'],
    )
    const calls = await query<{ call: Record<string, unknown> }>(
      line,
      `SELECT jsonb_array_elements(data -> 'modelCalls') AS call FROM history
        WHERE job_id = '${job}' AND data ? 'modelCalls' ORDER BY seq`,
    )
    assert.deepEqual(
      calls.map(({ call }) => call['template']),
      ['classification-v1', 'extraction-v1', 'enrichment-v1'],
    )
    for (const { call } of calls) {
      const { promptSha256, durationMs, template: _template, ...rest } = call
      assert.match(String(promptSha256), /^[0-9a-f]{64}$/)
      assert.ok(Number(durationMs) >= 0)
      assert.deepEqual(rest, {
        provider: 'openai-compatible',
        model: 'stub-1',
        inputTokens: 1_000,
        outputTokens: 20,
        cost: '0.002300',
      })
    }
    const asked = stub.asked.filter(({ prompt }) => companyIn(prompt) === 'OBLIGING CORNER SHOP')
    assert.deepEqual(
      asked.map(({ idempotencyKey }) => idempotencyKey),
      ['classification', 'extraction', 'enrichment'].map((stage) => `${job}/${stage}/${stage}-v1`),
    )
  })

  const passing: [name: string, behaviour: Behaviour][] = [
    ['an answer in another form', (_, nth) => (nth === 1 ? { says: { kind: 'letter' } } : undefined)],
    ['a server error', (_, nth) => (nth === 1 ? does((r) => sendJson(r, 500, { error: {} })) : undefined)],
    ['silence', (_, nth) => (nth === 1 ? does(() => undefined) : undefined)],
    ['a cut connection', (_, nth) => (nth === 1 ? does((r) => r.destroy()) : undefined)],
  ]
  for (const [name, behaviour] of passing) {
    it(`is asked again after ${name}, and the document completes with the second try`, async () => {
      const company = `${name.toUpperCase().replaceAll(/[^A-Z]/g, '')} SHOP`
      const job = await submitReceipt(company, behaviour)

      await untilState(line, job, ['completed'], 60_000)

      assert.equal((await attemptsOf(job))['extraction'], 2)
      assert.equal(callsAbout(company).length, 2)
    })
  }

  it('is left alone as long as it asks for; nobody counts that as a try', async () => {
    const slowDown = does((r) => sendJson(r, 429, { error: { message: 'slow down' } }, { 'retry-after': '2' }))
    const job = await submitReceipt('BUSY SHOP', (_, nth) => (nth === 1 ? slowDown : undefined))

    await untilState(line, job, ['completed'], 60_000)

    const [first, second, ...more] = callsAbout('BUSY SHOP')
    assert.ok(second!.at - first!.at >= 1_900, `asked again after ${second!.at - first!.at} ms`)
    assert.deepEqual([(await attemptsOf(job))['extraction'], more.length], [1, 0])
  })

  const lasting: [code: string, kind: string, cause: string, behaviour: Behaviour][] = [
    ['model.refused', 'data', 'invalid_data', () => says(completion(null, 'stop', { refusal: 'I cannot' }))],
    ['model.answer_cut', 'data', 'invalid_data', () => says(completion('{"fields":', 'length'))],
    ['outbound.request_refused', 'data', 'invalid_data', () => does((r) => sendJson(r, 400, { error: {} }))],
    ['model.malformed_answer', 'transient', 'attempts_exhausted', () => does((r) => r.end('<html>'))],
  ]
  for (const [code, kind, cause, behaviour] of lasting) {
    it(`brings the document to a person where it cannot be read so: ${code}`, async () => {
      const job = await submitReceipt(`${code.replaceAll(/[^a-z]/g, ' ').toUpperCase()} SHOP`, behaviour)

      await untilState(line, job, ['suspended'], 60_000)

      const task = await taskOf(job)
      assert.deepEqual([task.cause, task.step], [cause, 'extraction'])
      assert.deepEqual([task.evidence.failure?.code, task.evidence.failure?.kind], [code, kind])
      assert.doesNotMatch(JSON.stringify(task), /hush/)
    })
  }

  it('that says what is not in the document brings it to a person, and is believed less by the verdict', async () => {
    const invents: Behaviour = ({ template }) => ({ says: rightAnswer(template, 'SOMEBODY ELSE') })
    const doubtful = await submitReceipt('INVENTED SHOP', invents)
    await untilState(line, doubtful, ['suspended'], 60_000)
    const task = await taskOf(doubtful)
    assert.equal(task.cause, 'policy')
    assert.deepEqual(task.evidence.decision?.factors.fields['company'], {
      confidence: 0.475,
      model: 'openai-compatible/stub-1',
      said: 0.475,
    })

    const fields = { company: 'INVENTED SHOP' }
    const settled = await line.call(
      `/v1/tasks/${task.id}:resolve`,
      post({ verdict: 'accept', reason: 'It says so', fields }),
    )
    assert.equal(settled.status, 200, await settled.text())

    const { verifiedModels } = await line.json<{ verifiedModels: object[] }>('/v1/workflows/document')
    assert.deepEqual(
      verifiedModels.map((one) => ({ ...one, interval: undefined })),
      [
        { model: 'openai-compatible/stub-1', said: 0.4, verified: 2, wrong: 1, interval: undefined },
        { model: 'openai-compatible/stub-1', said: 0.9, verified: 3, wrong: 0, interval: undefined },
      ],
    )
    // A worker reads verdicts once a minute; a new one reads them at once.
    await line.stop('extraction')
    line.start('extraction')
    const next = await submitReceipt('NEXT INVENTED SHOP', invents)
    await untilState(line, next, ['suspended'], 60_000)
    const { decision } = (await taskOf(next)).evidence
    assert.deepEqual(decision?.factors.fields['company'], {
      confidence: 0.4356,
      model: 'openai-compatible/stub-1',
      said: 0.475,
    })
  })

  it('that does not take our key holds the stage and costs no try; when it does, the work goes on by itself', async () => {
    let isLocked = true
    const locked: Behaviour = () => (isLocked ? does((r) => sendJson(r, 401, { error: {} })) : undefined)
    const job = await submitReceipt('LOCKED SHOP', locked)
    const breaker = async () =>
      (await line.json<{ items: StageAnswer[] }>('/v1/stages')).items.find(({ stage }) => stage === 'extraction')!
        .breaker
    await waitFor(async () => (await breaker()).state !== 'closed', {
      timeoutMs: 30_000,
      message: 'the breaker to open',
    })
    assert.equal((await breaker()).code, 'outbound.unauthorized')

    isLocked = false
    await untilState(line, job, ['completed'], 60_000)

    assert.equal((await attemptsOf(job))['extraction'], 1)
  })
})

type Value = {
  value: unknown
  confidence: number
  source: { method: string; page?: number; text?: string; grounded?: boolean; model?: string }
}
type Task = {
  id: string
  step: string
  cause: string
  evidence: {
    failure?: { code: string; kind: string }
    decision?: { factors: { fields: Record<string, object> } }
  }
}
type StageAnswer = { stage: string; breaker: { state: string; code: string | null } }

const EXTRACTION = 'extraction_v1'

const does = (does: (response: ServerResponse) => void): Reply => ({ does })
const says = (body: object): Reply => does((response) => sendJson(response, 200, body))
const ofExtraction =
  (behaviour: Behaviour): Behaviour =>
  (asked, nth) =>
    asked.template === EXTRACTION ? behaviour(asked, nth) : undefined

const receiptOf = (company: string): string =>
  [
    company,
    '1 EXAMPLE STREET',
    '10000 TOWN',
    '02/03/2026 14:31',
    '1 x Lamp 13.50',
    'TOTAL RM 13.50',
    'CASH 20.00',
  ].join('\n')

/** The first line of the document, or the field that enrichment is shown. */
const companyIn = (prompt: string): string => /^(?:company: )?([A-Z ]+ SHOP|SOMEBODY ELSE)$/m.exec(prompt)?.[1] ?? ''

function rightAnswer(template: string, company: string): object {
  const said = (value: string | null) => ({ value, confidence: 0.99 })
  if (template === 'classification_v1') return { kind: 'receipt', confidence: 0.99, evidence: 'TOTAL RM 13.50' }
  if (template === 'enrichment_v1') return { currency: { value: 'MYR', confidence: 0.9 } }
  const address = said('1 EXAMPLE STREET')
  return {
    fields: { company: said(company), date: said('2026-03-02'), total: said('13.50'), address, currency: said(null) },
  }
}
