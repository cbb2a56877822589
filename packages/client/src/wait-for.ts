import { setTimeout as delay } from 'node:timers/promises'
import type { Client as Http } from 'openapi-fetch'
import { ApiProblem } from './api-problem.ts'
import type { components, paths } from './generated/api.d.ts'

type Job = components['schemas']['Job']
export type WaitOptions = {
  signal?: AbortSignal
  /** States to wait for; by default those in which a job rests: completed, cancelled, suspended, failed. */
  states?: readonly Job['state'][]
}

const AT_REST: readonly Job['state'][] = ['completed', 'cancelled', 'suspended', 'failed']

/** Looks ever less often, from 50 ms to 2 s. */
export async function waitFor(
  http: Http<paths>,
  id: string,
  { signal, states = AT_REST }: WaitOptions = {},
): Promise<Job> {
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 1.5, 2000)) {
    const { data, error, response } = await http.GET('/v1/jobs/{id}', {
      params: { path: { id } },
      ...(signal ? { signal } : {}),
    })
    if (data === undefined) throw new ApiProblem(response, error)
    if (states.includes(data.state)) return data
    await delay(pauseMs, undefined, signal ? { signal } : {})
  }
}
