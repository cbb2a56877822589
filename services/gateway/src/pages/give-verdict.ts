import type { Field, FieldValue } from '@stageline/domain'
import { refuseUnstorable } from '../http/check-json.ts'
import { parseWith } from '../http/parse-with.ts'
import { unknownResource } from '../http/problems.ts'
import { toProblem } from '../http/to-problem.ts'
import { resolve, ResolveBody } from '../routes/tasks/resolve.ts'
import { jobFacts } from './job-facts.ts'
import type { Shown, Visit } from './page.ts'
import { taskPage } from './task-page.ts'

/** Settles a task from its page. Only values that were changed count as corrections; nothing entered is lost on a no. */
export async function giveVerdict({ deps, who, form }: Visit, taskId: string): Promise<Shown> {
  const task = await deps.reader.task(who.tenantId, taskId)
  const facts = task?.jobId && task.step ? await jobFacts(deps, who.tenantId, task.jobId, task.step) : undefined
  if (!task || !facts) throw unknownResource()
  const entered = enteredFields(form)
  const reason = form['reason']?.trim() ?? ''
  try {
    const fields = changedFields(entered, facts.fields)
    refuseUnstorable({ fields, reason })
    const corrected = Object.keys(fields).length > 0 ? { fields } : {}
    const body = parseWith(ResolveBody, {
      verdict: form['verdict'],
      ...(reason === '' ? {} : { reason }),
      ...corrected,
    })
    await resolve(deps, who, taskId, body)
    return { goTo: `/jobs/${task.jobId}` }
  } catch (error) {
    const problem = toProblem(error)
    if (problem.status >= 500) throw error
    return { page: await taskPage(deps, who, taskId, { problem, fields: entered, reason }), status: problem.status }
  }
}

const enteredFields = (form: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(form).flatMap(([name, text]) => (name.startsWith('field:') ? [[name.slice(6), text.trim()]] : [])),
  )

function changedFields(
  entered: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, Field>>,
): Record<string, FieldValue> {
  return Object.fromEntries(
    Object.entries(entered).flatMap(([name, text]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      return field === undefined || text === shown(field.value) ? [] : [[name, typedLike(field.value, text)]]
    }),
  )
}

const shown = (value: FieldValue): string => (value === null ? '' : String(value))

/** A form gives text; the value keeps the type that stood there. */
function typedLike(before: FieldValue, text: string): FieldValue {
  if (text === '') return null
  if (typeof before === 'number' && Number.isFinite(Number(text))) return Number(text)
  if (typeof before === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
