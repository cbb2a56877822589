import { isOpenTask, type Field } from '@stageline/domain'
import type { TaskView } from '@stageline/engine/ports'
import type { GatewayDeps } from '../gateway-deps.ts'
import type { Identity } from '../guard/identity.ts'
import { unknownResource, type Problem } from '../http/problems.ts'
import { checkList } from './check-list.ts'
import { sourceText } from './field-table.ts'
import { html, type Html } from './html.ts'
import { jobFacts, type JobFacts } from './job-facts.ts'
import { original, titleOf } from './job-page.ts'
import { layout } from './layout.ts'
import { badge, confidence, plainWord, time } from './words.ts'

/** What a person had entered when the verdict was not taken, and why it was not. */
export type Draft = { problem: Problem; fields: Readonly<Record<string, string>>; reason: string }

/** @throws Problem `resource.unknown` */
export async function taskPage(deps: GatewayDeps, who: Identity, taskId: string, draft?: Draft): Promise<Html> {
  const task = await deps.reader.task(who.tenantId, taskId)
  const facts = task && (await jobFacts(deps, who.tenantId, task.jobId, task.step))
  if (!task || !facts) throw unknownResource()
  return layout({ title: task.title, who, scripts: ['places'], body: show(task, facts, who, draft) })
}

const show = (task: TaskView, facts: JobFacts, who: Identity, draft: Draft | undefined): Html =>
  html`<div class="headline">
      <h1>${task.title}</h1>
      ${badge(task.state)}
    </div>
    ${
      draft &&
      html`<div class="error" role="alert">
        <p>${draft.problem.message}</p>
        ${
          draft.problem.errors &&
          html`<ul>
            ${draft.problem.errors.map(({ pointer, detail }) => html`<li><code>${pointer}</code> ${detail}</li>`)}
          </ul>`
        }
      </div>`
    }
    <dl class="facts">
      <div>
        <dt>Why</dt>
        <dd>${plainWord(task.cause)}</dd>
      </div>
      <div>
        <dt>Step</dt>
        <dd>${task.step}</dd>
      </div>
      <div>
        <dt>Job</dt>
        <dd><a href="/jobs/${task.jobId}">${titleOf(facts)}</a></dd>
      </div>
      <div>
        <dt>Opened</dt>
        <dd>${time(task.createdAt)}</dd>
      </div>
      <div>
        <dt>Held by</dt>
        <dd>${task.assignee === null ? 'nobody' : html`${task.assignee} until ${time(task.leaseUntil)}`}</dd>
      </div>
    </dl>
    ${facts.view.lastError !== null && html`<p class="error"><code>${facts.view.lastError.code}</code> ${facts.view.lastError.message}</p>`}
    ${
      facts.scoring &&
      facts.scoring.failedChecks.length > 0 &&
      html`<section aria-labelledby="failed">
        <h2 id="failed">Failed checks</h2>
        ${checkList(facts.scoring.checks.filter(({ outcome }) => outcome === 'failed'))}
      </section>`
    }
    <div class="columns wide">
      ${(facts.facsimile || facts.document) && original(facts)}
      ${isOpenTask(task.state) ? verdictForm(task, facts, who, draft) : settled(task)}
    </div>
    <details class="evidence">
      <summary>Evidence as it was recorded</summary>
      <pre class="source" tabindex="0">${JSON.stringify(task.evidence, null, 2)}</pre>
    </details>`

function verdictForm(task: TaskView, facts: JobFacts, who: Identity, draft: Draft | undefined): Html {
  const doubted = fieldsInDoubt(facts)
  const doubtfulFirst = Object.entries(facts.fields).toSorted(
    ([a, one], [b, other]) => Number(doubted.has(b)) - Number(doubted.has(a)) || one.confidence - other.confidence,
  )
  const isHeldByAnother = task.assignee !== null && task.assignee !== who.actor
  return html`<section aria-labelledby="verdict">
    <h2 id="verdict">Fields, the most doubtful first</h2>
    ${isHeldByAnother && html`<p class="error">${task.assignee} holds this task. A verdict of yours is taken once it is released.</p>`}
    <form class="quick" method="post" action="/tasks/${task.id}/${task.assignee === who.actor ? 'release' : 'claim'}">
      <button class="quiet">${task.assignee === who.actor ? 'Release it' : 'Take it'}</button>
    </form>
    <form method="post" action="/tasks/${task.id}">
      ${doubtfulFirst.length === 0 && html`<p class="empty">No fields were read. Retry, skip or discard.</p>`}
      ${doubtfulFirst.map(([name, field]) => fieldInput(name, field, { entered: draft?.fields[name], isInDoubt: doubted.has(name) }))}
      <label for="reason">Reason</label>
      <input id="reason" name="reason" maxlength="1000" value="${draft?.reason ?? ''}" />
      <div class="verdicts">
        <button name="verdict" value="accept">Accept<small>these values are right</small></button>
        <button name="verdict" value="retry" class="quiet">Retry<small>work the step again with them</small></button>
        <button name="verdict" value="skip" class="quiet">Skip<small>go on without the step</small></button>
        <button name="verdict" value="discard" class="danger">Discard<small>end the job</small></button>
      </div>
    </form>
  </section>`
}

/** Names that a failed check looked at: one of these values is wrong, however sure its reader was. */
const fieldsInDoubt = ({ scoring }: JobFacts): ReadonlySet<string> =>
  new Set(
    scoring?.checks.filter(({ outcome }) => outcome === 'failed').flatMap(({ inputs }) => Object.keys(inputs)) ?? [],
  )

type InputState = { entered: string | undefined; isInDoubt: boolean }

const fieldInput = (name: string, field: Field, { entered, isInDoubt }: InputState): Html =>
  html`<div class="field ${isInDoubt && 'doubted'}" data-field="${name}">
    <label for="field-${name}"
      ><span>${plainWord(name)}${isInDoubt && html` <span class="note">in a failed check</span>`}</span>
      ${confidence(field.confidence)}</label
    >
    <input
      id="field-${name}"
      name="field:${name}"
      value="${entered ?? (field.value === null ? '' : String(field.value))}"
      autocomplete="off"
    />
    <p class="note">
      ${field.source?.box ? html`<a href="#mark-${name}">${sourceText(field.source)}</a>` : sourceText(field.source)}
    </p>
  </div>`

const settled = ({ verdict, verdictBy, verdictReason, completedAt, corrections }: TaskView): Html =>
  html`<section aria-labelledby="verdict">
    <h2 id="verdict">Settled</h2>
    <p>
      <strong>${verdict ?? 'closed with its job'}</strong>${verdictBy !== null && ` by ${verdictBy}`}
      ${time(completedAt)}
    </p>
    ${verdictReason !== null && html`<p><q>${verdictReason}</q></p>`}
    ${
      corrections.length > 0 &&
      html`<table>
        <thead>
          <tr>
            <th>Place</th>
            <th>Before</th>
            <th>After</th>
          </tr>
        </thead>
        <tbody>
          ${corrections.map(
            ({ path, from, to }) =>
              html`<tr>
                <td><code>${path}</code></td>
                <td>${JSON.stringify(from) ?? '–'}</td>
                <td>${JSON.stringify(to) ?? '–'}</td>
              </tr>`,
          )}
        </tbody>
      </table>`
    }
  </section>`
