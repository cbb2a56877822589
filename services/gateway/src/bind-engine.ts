import { act, replayJob, resolveTask, type Backlog, type EngineDeps } from '@stageline/engine'
import type { Engine } from './gateway-deps.ts'

type Parts = EngineDeps & { backlog: Backlog; submitJobs: Engine['submitJobs'] }

/** The engine as the routes see it: what happens, without what it happens with. */
export const bindEngine = ({ submitJobs, ...deps }: Parts): Engine => ({
  submitJobs,
  backlogFull: (tenantId) => deps.backlog.within(tenantId, 1, async (_granted, full) => full),
  act: (job, happening) => act(job, happening, deps),
  replayJob: (request) => replayJob(request, deps),
  resolveTask: (request) => resolveTask(request, deps),
})
