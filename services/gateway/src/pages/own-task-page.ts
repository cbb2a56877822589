import type { TaskView } from '@stageline/engine/ports'
import type { Identity } from '../guard/identity.ts'
import { html, type Html } from './html.ts'
import { layout } from './layout.ts'
import { badge, plainWord, time } from './words.ts'

/** A task that no step waits for: what is to be done, and whose it is. */
export const ownTaskPage = (task: TaskView, who: Identity): Html =>
  layout({
    title: task.title,
    who,
    body: html`<div class="headline">
        <h1>${task.title}</h1>
        ${badge(task.state)}
      </div>
      ${task.description !== null && html`<p>${task.description}</p>`}
      ${task.blockedReason !== null && html`<p class="error">${task.blockedReason}</p>`}
      <dl class="facts">
        <div>
          <dt>Type</dt>
          <dd>${plainWord(task.type)}</dd>
        </div>
        <div>
          <dt>Opened</dt>
          <dd>${time(task.createdAt)} by ${task.createdBy}</dd>
        </div>
        <div>
          <dt>Due</dt>
          <dd>${time(task.dueAt)}</dd>
        </div>
        <div>
          <dt>Held by</dt>
          <dd>${heldBy(task)}</dd>
        </div>
        ${
          task.jobId !== null &&
          html`<div>
            <dt>Job</dt>
            <dd><a href="/jobs/${task.jobId}">${task.workflow}</a></dd>
          </div>`
        }
      </dl>
      <details class="evidence">
        <summary>Evidence as it was recorded</summary>
        <pre class="source" tabindex="0">${JSON.stringify(task.evidence, null, 2)}</pre>
      </details>`,
  })

export const heldBy = ({ assignee, leaseUntil }: TaskView): Html | string =>
  leaseUntil === null ? (assignee ?? 'nobody') : html`${assignee} until ${time(leaseUntil)}`
