import type { Fields } from '@stageline/domain'

const DAY_MS = 86_400_000

/**
 * What to look at first, 0 to 1: half of it doubt (1 where a blocking check failed, otherwise what is missing to full
 * confidence), three tenths urgency (1 up to 7 days before the due date and after it, 0 from 30 days before), two
 * tenths worth (0 up to 100, 1 from 100,000 in the document's currency, by its logarithm).
 */
export function priorityOf(about: { fields: Fields; confidence: number; blockingFailures: number; now: Date }): number {
  const doubt = about.blockingFailures > 0 ? 1 : 1 - about.confidence
  return 0.5 * doubt + 0.3 * urgencyOf(about.fields, about.now) + 0.2 * worthOf(about.fields)
}

function urgencyOf(fields: Fields, now: Date): number {
  const due = Date.parse(String(fields.due_date?.value ?? ''))
  return Number.isNaN(due) ? 0 : clamp((30 - (due - now.getTime()) / DAY_MS) / 23)
}

function worthOf(fields: Fields): number {
  const amount = Number(fields.gross_total?.value ?? fields.total?.value ?? 0)
  return amount > 0 && Number.isFinite(amount) ? clamp((Math.log10(amount) - 2) / 3) : 0
}

const clamp = (share: number) => Math.min(1, Math.max(0, share))
