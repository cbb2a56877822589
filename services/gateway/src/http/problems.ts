import type { Problem as FieldProblem } from '@stageline/domain'

type Meaning = { status: number; title: string; remedy: string }

/**
 * Every way in which the gateway says no, by its stable code: what `docs/errors.md` mirrors and what the page behind a
 * problem's `type` shows. Codes are never renamed and never change their status.
 */
export const PROBLEMS = {
  'request.invalid': problem(400, 'The request does not fit its schema', 'Correct the places that `errors` points to.'),
  'request.not_json': problem(
    400,
    'The body is not valid JSON',
    'Send one JSON value in UTF-8 without a byte order mark.',
  ),
  'request.unsupported_type': problem(
    415,
    'The body has a type that is not read here',
    'Send the `Content-Type` that the API reference names, uncompressed.',
  ),
  'request.too_large': problem(
    413,
    'The body is too large',
    'Stay below the limit in `detail`, or upload a file to `/v1/documents`.',
  ),
  'request.bad_key': problem(
    400,
    'The Idempotency-Key cannot be used',
    'Send 1 to 255 visible characters, with or without quotes.',
  ),
  'request.broken_upload': problem(
    400,
    'The multipart body is broken',
    'Send one part named `file` and close the body with its boundary.',
  ),
  'request.bad_cursor': problem(
    400,
    'The cursor is not one of ours',
    'Start again without `cursor`, or follow the `Link` of the last page.',
  ),
  'auth.required': problem(401, 'An API key is needed', 'Send `Authorization: Bearer sl_…`, or sign in at `/sign-in`.'),
  'auth.unknown_key': problem(401, 'The API key is not known', 'Check the key; it may have been revoked.'),
  'auth.key_in_url': problem(
    400,
    'A key must not stand in the address',
    'Send it in the `Authorization` header, and replace it: addresses are logged.',
  ),
  'auth.foreign_host': problem(
    403,
    'This address is not served here',
    'Use a loopback name, or allow the host name in `ALLOWED_HOSTS`.',
  ),
  'auth.foreign_origin': problem(
    403,
    'The request comes from another site',
    'Use the pages of this server, or an API key.',
  ),
  'resource.unknown': problem(404, 'There is nothing here', 'Check the address and the id.'),
  'method.not_allowed': problem(
    405,
    'This address does not answer to that method',
    'Use a method from the `Allow` header.',
  ),
  'idempotency.in_flight': problem(
    409,
    'A request with this Idempotency-Key is under way',
    'Repeat the request after the time in `Retry-After`.',
  ),
  'idempotency.other_body': problem(
    422,
    'This Idempotency-Key came with another body before',
    'Use a new key for a new request.',
  ),
  'action.refused': problem(
    409,
    'The job or task does not allow this now',
    'Read `reason` and `detail`; look at its state.',
  ),
  'task.held': problem(
    409,
    'Somebody else holds the task',
    'Wait until it is released or its lease ends, or ask who holds it.',
  ),
  'task.closed': problem(409, 'The task is settled', 'Nothing is left to do; its verdict stands in the task.'),
  'task.needs_verdict': problem(
    409,
    'A step waits for a verdict on this task',
    'Settle it with `POST /v1/tasks/{id}:resolve`.',
  ),
  'task.no_step': problem(
    409,
    'No step waits for a verdict on this task',
    'Complete or cancel it with `POST /v1/tasks/{id}:transition`.',
  ),
  'task.own_submission': problem(
    403,
    'Who submitted the job may not decide about it',
    'Let somebody else decide: the workflow says `separateDuties`.',
  ),
  'task.unknown_reference': problem(
    422,
    'The task names a job or plan that is not there',
    'Correct the id in `errors`.',
  ),
  'plan.archived': problem(409, 'The plan is archived', 'Use another plan; an archived one takes no tasks.'),
  'plan.open_tasks': problem(
    409,
    'The plan has open tasks',
    'End them first, or archive it with `cancelOpenTasks`: true.',
  ),
  'sla.exists': problem(409, 'There is a promise for the same', 'Change that one: `GET /v1/sla-configs` lists it.'),
  'sla.changed': problem(
    412,
    'The promise has changed meanwhile',
    'Read it again and repeat the change on the newest version.',
  ),
  'trigger.changed': problem(
    412,
    'The trigger has changed meanwhile',
    'Read it again and repeat the change on the newest version.',
  ),
  'webhook.changed': problem(
    412,
    'The webhook has changed meanwhile',
    'Read it again and repeat the change on the newest version.',
  ),
  'webhook.target_refused': problem(
    422,
    'The address may not be called',
    'Use a public https address; what you run yourself can be let through by `STAGELINE_OUTBOUND_ALLOW`.',
  ),
  invalid_transition: problem(
    409,
    'There is no way from this state to that one',
    'Read `from`, `to` and `allowed`: where it may go from there.',
  ),
  'workflow.unknown': problem(422, 'There is no such workflow', 'Use a key from `GET /v1/workflows`.'),
  'workflow.inactive': problem(
    409,
    'The workflow takes no new jobs',
    'Save a version with `"status": "active"`, or use another workflow.',
  ),
  'workflow.invalid': problem(422, 'The definition cannot run', 'Correct the places that `errors` points to.'),
  'workflow.changed': problem(
    412,
    'The workflow has changed meanwhile',
    'Read it again and repeat the change on the newest version.',
  ),
  'policy.invalid': problem(
    422,
    'The rule cannot work with these thresholds',
    'Correct the places that `errors` points to.',
  ),
  'policy.unknown': problem(422, 'There is no such policy', 'Use a name and a version from `GET /v1/policies`.'),
  'policy.changed': problem(
    412,
    'The policy has changed meanwhile',
    'Read it again and repeat the change on the newest version.',
  ),
  'input.invalid': problem(422, 'The input does not fit the workflow', 'Correct the places that `errors` points to.'),
  'input.document_reference': problem(
    422,
    'Stored documents cannot be named by hand',
    'Upload the file to `POST /v1/documents`.',
  ),
  'document.missing': problem(400, 'The upload holds no file', 'Send one part named `file`.'),
  'document.empty': problem(422, 'The file is empty', 'Send a file with content.'),
  'document.unsupported_type': problem(
    415,
    'Files of this type are not read',
    'Send PDF, TIFF, PNG, JPEG, DOCX, XLSX, mail, HTML, XML, CSV, JSON or plain text.',
  ),
  'document.too_large': problem(413, 'The file is too large', 'Stay below the limit in `detail`.'),
  'source.unknown': problem(422, 'There is no such source', 'Use a key from `GET /v1/sources`.'),
  'source.changed': problem(
    412,
    'The source has changed meanwhile',
    'Read it again and repeat the change on the newest version.',
  ),
  'source.failed': problem(422, 'The source cannot be read', 'Read `reason` and `detail`; correct the source.'),
  'batch.under_way': problem(
    409,
    'Another batch takes the new records of this source',
    'Wait until it has ended, or stop it: `POST /v1/batches/{id}:stop`.',
  ),
  'limit.open_jobs': problem(
    429,
    'Too many jobs of this tenant are open',
    'Repeat the request after the time in `Retry-After`; open tasks and failed jobs count until they are settled.',
  ),
  'limit.daily_tasks': problem(
    429,
    'The workflow has taken in what its policy allows a day',
    'Repeat the request after `resetsAt`, or raise `maxDailyTasks` of the policy.',
  ),
  'limit.imports': problem(
    429,
    'An import is under way',
    'Wait until it has ended: `GET /v1/catalog/imports` says how far it is.',
  ),
  'limit.streams': problem(429, 'Too many event streams are open', 'Close one; a single stream carries all jobs.'),
  'service.full': problem(
    503,
    'Too many jobs are open',
    'Repeat the request after the time in `Retry-After`; whatever was accepted goes on.',
  ),
  'service.unavailable': problem(
    503,
    'A part of the system is away',
    'Repeat the request after the time in `Retry-After`; nothing was lost.',
  ),
  'internal.error': problem(500, 'Something went wrong here', 'Report the `traceId`.'),
} as const satisfies Record<string, Meaning>

export type ProblemCode = keyof typeof PROBLEMS

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code)

type ProblemDetails = {
  errors?: readonly FieldProblem[]
  headers?: Readonly<Record<string, string>>
  /** Further members of the problem document. */
  more?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/** Thrown by whoever notices; answered in one place, {@link import('./send-problem.ts').sendProblem}. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly errors: readonly FieldProblem[] | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly more: Readonly<Record<string, unknown>>

  constructor(code: ProblemCode, detail: string, { errors, headers = {}, more = {}, cause }: ProblemDetails = {}) {
    super(detail, { cause })
    this.code = code
    this.errors = errors
    this.headers = headers
    this.more = more
  }

  get status(): number {
    return PROBLEMS[this.code].status
  }
}

/** One answer for what does not exist and for what belongs to somebody else. */
export const unknownResource = (): Problem => new Problem('resource.unknown', 'There is nothing with this address.')

function problem(status: number, title: string, remedy: string): Meaning {
  return { status, title, remedy }
}
