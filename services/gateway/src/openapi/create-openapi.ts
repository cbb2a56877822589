import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi'
import { z } from 'zod'
import type { AnswerShape, Example, Operation } from '../http/operation.ts'
import { PROBLEMS, type ProblemCode } from '../http/problems.ts'

export type OpenApiDocument = ReturnType<typeof createDocument>

/** What every operation may answer with, besides its own problems. */
const EVERYWHERE: readonly ProblemCode[] = [
  'auth.required',
  'auth.unknown_key',
  'auth.key_in_url',
  'auth.foreign_host',
  'auth.foreign_origin',
  'service.unavailable',
  'internal.error',
]

const ProblemAnswer = z
  .object({
    type: z.string().meta({ description: 'Opens a page that explains the problem' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string().optional(),
    code: z.string().meta({ description: 'Stable; programs decide by it' }),
    traceId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem' })

/** OpenAPI 3.1 made of the very schemas that check requests and of nothing else. */
export function createOpenApi(operations: readonly Operation[]): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {}
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) }
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Stageline',
      version: '1',
      description: 'Documents and records through stages that machines work, and people where machines cannot.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key: `sl_…`. On a machine without any key none is needed.',
        },
      },
    },
  })
}

function describe(operation: Operation): ZodOpenApiOperationObject {
  const { id, tag, summary, description, params, query, headers, body, answers } = operation
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    requestParams: {
      ...(params ? { path: params } : {}),
      ...(query ? { query } : {}),
      ...(headers ? { header: headers } : {}),
    },
    ...(body
      ? {
          requestBody: {
            required: body.optional !== true,
            content: { [body.type]: { schema: body.schema, examples: bodyExamples(operation) } },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)])),
      ...problemAnswers([...operation.problems, ...EVERYWHERE]),
    },
  }
}

function bodyExamples({ examples, body }: Operation): Record<string, { summary: string; value: unknown }> {
  const shown = examples.filter((example) => example.body !== undefined && example.status < 300)
  return Object.fromEntries(
    shown.map((example) => [slug(example), { summary: example.name, value: shownBody(example.body, body?.type) }]),
  )
}

/** A form's file is shown by its content alone, as a form field would be typed in. */
function shownBody(body: unknown, type: string | undefined): unknown {
  if (type !== 'multipart/form-data') return body
  return Object.fromEntries(
    Object.entries(Object(body)).map(([name, part]) => [name, typeof part === 'object' ? Object(part).content : part]),
  )
}

function describeAnswer({
  description,
  schema,
  type = 'application/json',
  headers = {},
}: AnswerShape): ZodOpenApiResponseObject {
  const media = schema
    ? { schema }
    : { schema: z.string().meta({ format: type === 'application/octet-stream' ? 'binary' : 'text' }) }
  return {
    description,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, what]) => [name, { description: what, schema: { type: 'string' as const } }]),
    ),
    content: { [type]: media },
  }
}

function problemAnswers(codes: readonly ProblemCode[]): Record<string, ZodOpenApiResponseObject> {
  const byStatus = Map.groupBy(new Set(codes), (code) => PROBLEMS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      `${status}`,
      {
        description: same.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('\n\n'),
        content: { 'application/problem+json': { schema: ProblemAnswer } },
      },
    ]),
  )
}

const slug = ({ name }: Example): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
