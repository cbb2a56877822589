import { DoubtfulField, isOpenTask, type Field } from '@stageline/domain'
import type { TaskView } from '@stageline/engine/ports'
import { z } from 'zod'
import type { GatewayDeps } from '../gateway-deps.ts'
import type { Identity } from '../guard/identity.ts'
import { unknownResource, type Problem } from '../http/problems.ts'
import { checkList } from './check-list.ts'
import { sourceText } from './field-table.ts'
import { html, type Html } from './html.ts'
import { jobFacts, type JobFacts } from './job-facts.ts'
import { original, titleOf } from './job-page.ts'
import { layout } from './layout.ts'
import { heldBy, ownTaskPage } from './own-task-page.ts'
import { badge, confidence, percent, plainWord, time } from './words.ts'

/** What a person had entered when the verdict was not taken, and why it was not. */
export type Draft = { problem: Problem; fields: Readonly<Record<string, string>>; reason: string }

/** @throws Problem `resource.unknown` */
export async function taskPage(deps: GatewayDeps, who: Identity, taskId: string, draft?: Draft): Promise<Html> {
  const task = await deps.reader.task(who.tenantId, taskId)
  if (task && (task.jobId === null || task.step === null)) return ownTaskPage(task, who)
  const facts = task?.jobId && task.step ? await jobFacts(deps, who.tenantId, task.jobId, task.step) : undefined
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
        <dd>${heldBy(task)}</dd>
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
  const doubted = fieldsInDoubt(task, facts)
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
      ${doubtfulFirst.map(([name, field]) => fieldInput(name, field, { entered: draft?.fields[name], doubt: doubted.get(name) }))}
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

/** Fields that kept the job from completing, and why: below their limits, or looked at by a check that failed. */
function fieldsInDoubt({ evidence }: TaskView, { scoring }: JobFacts): ReadonlyMap<string, string> {
  const failed = scoring?.checks.filter(({ outcome }) => outcome === 'failed') ?? []
  const { data } = DecidedUpon.safeParse(evidence)
  return new Map([
    ...(data?.decision.doubtfulFields.map(({ name, minConfidence }) => [name, limitText(minConfidence)] as const) ??
      []),
    ...failed.flatMap(({ inputs }) => Object.keys(inputs)).map((name) => [name, 'in a failed check'] as const),
  ])
}

const DecidedUpon = z.object({ decision: z.object({ doubtfulFields: z.array(DoubtfulField) }) })

const limitText = (minConfidence: number | null): string =>
  minConfidence === null ? 'always looked at' : `below its limit of ${percent(minConfidence)}`

type InputState = { entered: string | undefined; doubt: string | undefined }

const fieldInput = (name: string, field: Field, { entered, doubt }: InputState): Html =>
  html`<div class="field ${doubt !== undefined && 'doubted'}" data-field="${name}">
    <label for="field-${name}"
      ><span>${plainWord(name)}${doubt !== undefined && html` <span class="note">${doubt}</span>`}</span>
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
