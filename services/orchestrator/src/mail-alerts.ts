import { ALERT_LEVELS, type AlertLevel } from '@stageline/domain'
import { mailOfAlerts } from '@stageline/engine'
import type { AlertMails, Mailer } from '@stageline/engine/ports'

const AT_ONCE = 50

type Parts = { mails: AlertMails; send: Mailer; tenantId: string; level: AlertLevel }

/**
 * Tells of alerts by mail: each once, those that were raised since the last round together. What the server does not take
 * is told later, longer each time, for a day. Other tenants are told by their webhooks.
 */
export function mailAlerts({ mails, send, tenantId, level }: Parts) {
  const levels = ALERT_LEVELS.slice(ALERT_LEVELS.indexOf(level))
  return async (): Promise<{ more: boolean }> => {
    const alerts = await mails.take(tenantId, levels, AT_ONCE)
    const [first, ...others] = alerts
    if (!first) return { more: false }
    await send(mailOfAlerts([first, ...others]))
    await mails.sent(
      tenantId,
      alerts.map(({ id }) => id),
    )
    return { more: alerts.length === AT_ONCE }
  }
}
