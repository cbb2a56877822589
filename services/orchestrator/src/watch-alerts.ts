import { alertsOfRules } from '@stageline/engine'
import type { AlertLimits, AlertRules } from '@stageline/engine/ports'
import type { AlertSettings } from './config.ts'

const MINUTE_MS = 60_000

/** The alerts that are shipped: many failures, jobs that do not move, days that fill up. */
export function watchAlerts({ rules, settings }: { rules: AlertRules; settings: AlertSettings }) {
  const limits = limitsOf(settings)
  return async (): Promise<{ raised: number; more: false }> => ({
    raised: await rules.watch(limits, alertsOfRules),
    more: false,
  })
}

function limitsOf(settings: AlertSettings): AlertLimits {
  const { ALERT_FAILURE_SHARE: share, ALERT_FAILURE_MIN: atLeast, ALERT_FAILURE_HOURS: hours } = settings
  const { ALERT_STUCK_MINUTES: minutes, ALERT_DAY_SHARE: dayShare } = settings
  return {
    failing: share === 0 ? null : { share, atLeast, hours },
    stuckMs: minutes === 0 ? null : minutes * MINUTE_MS,
    dayShare: dayShare === 0 ? null : dayShare,
  }
}
