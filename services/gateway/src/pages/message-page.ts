import type { GatewayDeps } from '../gateway-deps.ts'
import type { Identity } from '../guard/identity.ts'
import { unknownResource } from '../http/problems.ts'
import { html, type Html } from './html.ts'
import { jobTable } from './job-table.ts'
import { layout } from './layout.ts'

export type MessagePlace = { stage: string; id: string }

/**
 * The jobs behind one message of Bull Board.
 * @throws Problem `resource.unknown`, also for a message of another tenant
 */
export async function messagePage(deps: GatewayDeps, who: Identity, { stage, id }: MessagePlace): Promise<Html> {
  const message = await deps.stepsOf?.(stage, id)
  if (message?.tenantId !== who.tenantId) throw unknownResource()
  const ids = [...new Set(message.steps.map(([jobId]) => jobId))]
  const { items } = await deps.reader.jobs(who.tenantId, { ids }, { limit: ids.length })
  const many = ids.length === 1 ? 'one job' : `${ids.length} jobs`
  const body = html`<h1>Message of ${stage}</h1>
    <p class="lead">
      It carries the step <strong>${[...new Set(message.steps.map(([, step]) => step))].join(', ')}</strong> of ${many}.
      What became of each stands in its job.
    </p>
    ${jobTable(items)}
    ${items.length < ids.length && html`<p class="note">${ids.length - items.length} of them are no longer kept.</p>`}
    <p><a href="/queues/queue/${stage}/${id}">The message in the queue</a></p>`
  return layout({ title: `Message of ${stage}`, who, body })
}
