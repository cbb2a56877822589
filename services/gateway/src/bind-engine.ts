import { act, replayJob, resolveTask, submitJobs, type Backlog, type EngineDeps } from '@stageline/engine'
import type { Engine } from './gateway-deps.ts'
import { rememberLatest } from './remember-latest.ts'

/** The engine as the routes see it: what happens, without what it happens with. */
export const bindEngine = (deps: EngineDeps & { backlog: Backlog }): Engine => ({
  submitJobs: (requests) => submitJobs(requests, { ...deps, workflows: rememberLatest(deps.workflows) }),
  backlogFull: (tenantId) => deps.backlog.within(tenantId, 1, async (_granted, full) => full),
  act: (job, happening) => act(job, happening, deps),
  replayJob: (request) => replayJob(request, deps),
  resolveTask: (request) => resolveTask(request, deps),
})
