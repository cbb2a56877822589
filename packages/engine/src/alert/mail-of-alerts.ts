import { ALERT_LEVELS } from '@stageline/domain'
import type { AlertView, Mail } from '../ports/index.ts'
import { derivedId } from '../trigger/derived-id.ts'

/** One mail for all that is to be told: the most urgent gives its subject. */
export function mailOfAlerts(alerts: readonly [AlertView, ...AlertView[]]): Mail {
  const [first] = alerts.toSorted((one, other) => rank(other) - rank(one))
  const { level, title, firstAt } = first!
  const more = alerts.length === 1 ? '' : ` and ${alerts.length - 1} more`
  const text = alerts.map(paragraph).join('\n\n')
  return {
    id: idOf(alerts, firstAt),
    subject: oneLine(`[Stageline] ${level}: ${title}${more}`),
    text: `${text}\n\n${FOOT}\n`,
  }
}

const FOOT =
  'Each alert is told once. GET /v1/alerts lists them; POST /v1/alerts/{id}:acknowledge says that it was seen.'

const rank = ({ level }: AlertView): number => ALERT_LEVELS.indexOf(level)
/** Sent twice it is the same mail to whoever reads it. */
const idOf = (alerts: readonly AlertView[], at: string): string => derivedId(at, alerts.map(({ id }) => id).join(' '))
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 250)

function paragraph({ id, level, title, detail, count, subject, subjectId, firstAt, raisedBy }: AlertView): string {
  const often = count === 1 ? '' : ` (${count} times)`
  const lines = [
    `${level}: ${title}${often}`,
    detail,
    `${subject} ${subjectId}, since ${firstAt}, raised by ${raisedBy}`,
    `Alert ${id}`,
  ]
  return lines.filter((line) => line !== null).join('\n')
}
