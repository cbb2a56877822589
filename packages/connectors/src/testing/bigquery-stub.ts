import type { ServerResponse } from 'node:http'
import { sendJson, startStub, type Seen } from './stub-server.ts'

type Row = Readonly<Record<string, unknown>>
type Question = {
  query: string
  dryRun?: boolean
  queryParameters?: { parameterType: { type: string }; parameterValue: { value: string } }[]
}

/** The part of BigQuery's REST API that a source uses, over rows of its own: it answers slowly, and a row a page. */
export async function startBigquery(rows: readonly Row[], refuse?: (seen: Seen, response: ServerResponse) => boolean) {
  const names = Object.keys(rows[0] ?? {})
  let found: { f: { v: string | null }[] }[] = []
  const answerPage = (page: number, response: ServerResponse) =>
    sendJson(response, {
      jobReference: { jobId: 'job 1', location: 'EU' },
      jobComplete: true,
      rows: found.slice(page, page + 1),
      ...(page + 1 < found.length ? { pageToken: String(page + 1) } : {}),
    })
  return startStub((seen, response) => {
    if (refuse?.(seen, response)) return
    const { pathname, searchParams } = new URL(seen.path, 'http://stub')
    if (seen.method === 'GET') {
      if (pathname !== '/bigquery/v2/projects/test-project/queries/job%201') return sendJson(response, {}, 404)
      return answerPage(Number(searchParams.get('pageToken') ?? 0), response)
    }
    const question = JSON.parse(seen.body) as Question
    const unknown = [...question.query.matchAll(/q\.`((?:[^`\\]|\\.)*)`/g)].find(
      ([, name]) => !names.includes(name ?? ''),
    )
    if (unknown) return sendJson(response, refusal(`Name ${unknown[1]} not found inside q`), 400)
    if (question.dryRun) {
      const fields = names.map((name) => ({ name, type: typeof rows[0]?.[name] === 'number' ? 'INTEGER' : 'STRING' }))
      return sendJson(response, { jobComplete: true, schema: { fields } })
    }
    const [parameter] = question.queryParameters ?? []
    const from = parameter === undefined ? undefined : Number(parameter.parameterValue.value)
    if (Number.isNaN(from)) return sendJson(response, refusal('Could not convert value to INT64'), 400)
    const mark = /CAST\(q\.`(\w+)` AS STRING\)/.exec(question.query)?.[1]
    found = rows
      .filter((row) => from === undefined || mark === undefined || Number(row[mark]) >= from)
      .map((row) => ({ f: [{ v: JSON.stringify(row) }, { v: mark === undefined ? null : String(row[mark]) }] }))
    sendJson(response, { jobReference: { jobId: 'job 1', location: 'EU' }, jobComplete: false })
  })
}

export const refusal = (message: string, reason = 'invalidQuery') => ({ error: { message, errors: [{ reason }] } })
