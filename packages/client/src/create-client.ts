import createHttp, { type Client as Http } from 'openapi-fetch'
import { ApiProblem } from './api-problem.ts'
import { followEvents, type EventWish, type JobEvent } from './follow-events.ts'
import type { components, paths } from './generated/api.d.ts'
import { handleEvents, type EventHandler, type HandlingOptions } from './handle-events.ts'
import { readHealth, type Health } from './read-health.ts'
import { submitBulk, type BulkLine, type BulkOptions, type BulkResult } from './submit-bulk.ts'
import { submitDocument, type Document, type DocumentOptions } from './submit-document.ts'
import { waitFor, type WaitOptions } from './wait-for.ts'

type Job = components['schemas']['Job']
type Accepted = components['schemas']['Accepted']
type SubmitJob = components['schemas']['SubmitJob']

export type ClientOptions = {
  /** Where the gateway listens: `http://127.0.0.1:3000`. */
  baseUrl: string
  /** `sl_…`; not needed on a machine where no key exists. */
  apiKey?: string
  fetch?: typeof fetch
}

/** What each workflow takes: `{ 'watch-page': z.input<typeof WatchPage> }`. The line checks it by the schema of the workflow. */
export type WorkflowInputs = Record<string, object>

/** A job for one of the workflows, with what that one takes. */
export type JobFor<Inputs extends WorkflowInputs> = {
  [Key in keyof Inputs & string]: Omit<SubmitJob, 'workflow' | 'input'> & { workflow: Key; input: Inputs[Key] }
}[keyof Inputs & string]

export type Client<Inputs extends WorkflowInputs = WorkflowInputs> = {
  /** Every operation of the API, typed by path: `client.http.GET('/v1/jobs/{id}', …)`. */
  http: Http<paths>
  /**
   * Submits a record. With an `idempotencyKey` it may be repeated without a second job; events of the job name the
   * `correlationId`. @throws ApiProblem
   */
  submitJob(job: JobFor<Inputs>, options?: { idempotencyKey?: string; correlationId?: string }): Promise<Accepted>
  /** Uploads a document. @throws ApiProblem */
  submitDocument(document: Document, options?: DocumentOptions): Promise<Accepted>
  /** Submits many records; results come in the order of the lines, while lines are still being sent. @throws ApiProblem */
  submitBulk(lines: Iterable<BulkLine> | AsyncIterable<BulkLine>, options?: BulkOptions): AsyncGenerator<BulkResult>
  /** Waits until a job has ended or needs a person. @throws ApiProblem; the signal's reason */
  waitFor(jobId: string, options?: WaitOptions): Promise<Job>
  /** What happens to jobs, as it happens; goes on by itself after a break, without a gap. @throws ApiProblem */
  events(wish?: EventWish): AsyncGenerator<JobEvent>
  /**
   * Calls a handler for each event, in order and one at a time, until the signal aborts; goes on by itself after a break,
   * without a gap. A handler that throws is told to `onError` and holds up neither the next event nor a job. The `cursor`
   * of an event is where a program that starts again goes on: `after`.
   *
   * @example
   * await client.onEvent(notify, { batch, signal, onError: (error, { jobId }) => console.error(jobId, error) })
   * @throws ApiProblem where the stream is refused; what `onError` throws
   */
  onEvent(handler: EventHandler, options: HandlingOptions): Promise<void>
  /** Whether the line is ready, and which part is missing where it is not; asks for no key. @throws ApiProblem */
  health(): Promise<Health>
}

/**
 * @example
 * const client = createClient({ baseUrl: 'http://127.0.0.1:3000', apiKey })
 * const { id } = await client.submitJob({ workflow: 'part', input: { record: { mpn: 'NXR-1K0-0402' } } })
 * const job = await client.waitFor(id)
 * @example
 * const client = createClient<{ part: { record: { mpn: string } } }>({ baseUrl, apiKey })
 * await client.submitJob({ workflow: 'part', input: { record: {} } }) // does not compile: mpn is missing
 */
export function createClient<Inputs extends WorkflowInputs = WorkflowInputs>({
  baseUrl,
  apiKey,
  fetch: send = fetch,
}: ClientOptions): Client<Inputs> {
  const url = baseUrl.replace(/\/+$/, '')
  const headers: Record<string, string> = apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` }
  const http = createHttp<paths>({ baseUrl: url, headers, fetch: send })
  const transport: Transport = { url, headers, send }
  return {
    http,
    submitJob: async (job, { idempotencyKey, correlationId } = {}) => {
      const header = {
        ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
        ...(correlationId === undefined ? {} : { 'X-Correlation-Id': correlationId }),
      }
      const { data, error, response } = await http.POST('/v1/jobs', { body: job, params: { header } })
      if (data === undefined) throw new ApiProblem(response, error)
      return data
    },
    submitDocument: (document, options) => submitDocument(transport, document, options),
    submitBulk: (lines, options) => submitBulk(transport, lines, options),
    waitFor: (jobId, options) => waitFor(http, jobId, options),
    events: (wish) => followEvents(transport, wish),
    onEvent: (handler, { onError, ...wish }) =>
      handleEvents(followEvents(transport, wish), handler, { onError, ...wish }),
    health: () => readHealth(transport),
  }
}

/** How requests that are no plain JSON are sent. */
export type Transport = { url: string; headers: Readonly<Record<string, string>>; send: typeof fetch }
