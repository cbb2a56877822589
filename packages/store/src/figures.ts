import type { Figures } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { selectActivity } from './queries/select-activity.ts'
import { selectAtWork } from './queries/select-at-work.ts'
import { selectDay, selectHours } from './queries/select-hours.ts'
import { selectAutomationDays } from './queries/select-days.ts'
import { selectDeskFigures } from './queries/select-desk-figures.ts'
import { selectFailures } from './queries/select-failures.ts'
import { selectWindow } from './queries/select-window.ts'

/** What is told of many jobs at once, each by a bounded number of rows. */
export const createFigures = (db: Database): Figures => ({
  window: (tenantId, ms) => selectWindow(db, tenantId, ms),
  failures: (tenantId, ms) => selectFailures(db, tenantId, ms),
  hours: (tenantId, from, to) => selectHours(db, tenantId, from, to),
  day: (tenantId, date) => selectDay(db, tenantId, date),
  automation: (tenantId, days) => selectAutomationDays(db, tenantId, days),
  desk: (tenantId, days) => selectDeskFigures(db, tenantId, days),
  activity: (tenantId, limit) => selectActivity(db, tenantId, limit),
  atWork: (tenantId, limit, stuckMs) => selectAtWork(db, tenantId, limit, stuckMs),
})
