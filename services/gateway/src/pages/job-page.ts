import { Decision, isFinalJob } from '@stageline/domain'
import type { GatewayDeps } from '../gateway-deps.ts'
import type { Identity } from '../guard/identity.ts'
import { unknownResource } from '../http/problems.ts'
import { checkList } from './check-list.ts'
import { facsimile } from './facsimile.ts'
import { fieldTable } from './field-table.ts'
import { hops } from './hops.ts'
import { html, type Html } from './html.ts'
import { jobFacts, type JobFacts } from './job-facts.ts'
import { layout } from './layout.ts'
import { badge, percent, plainWord, time } from './words.ts'

/** @throws Problem `resource.unknown` */
export async function jobPage(deps: GatewayDeps, who: Identity, jobId: string): Promise<Html> {
  // Before everything else: what happens while the page is made must not be missed.
  const cursor = await deps.reader.presentCursor(who.tenantId)
  const facts = await jobFacts(deps, who.tenantId, jobId)
  if (!facts) throw unknownResource()
  return layout({ title: titleOf(facts), who, cursor, scripts: ['live', 'places'], body: show(facts) })
}

export const titleOf = ({ view, document, kind }: JobFacts): string =>
  `${kind === undefined ? plainWord(view.workflow) : plainWord(kind)} ${view.businessKey ?? document?.fileName ?? ''}`.trim()

const show = (facts: JobFacts): Html =>
  html`<div data-live="job" data-job="${facts.view.id}">
    <div class="headline">
      <h1>${titleOf(facts)}</h1>
      ${badge(facts.view.state)}
    </div>
    ${summary(facts)} ${facts.view.lastError !== null && lastError(facts.view.lastError)}
    <div class="columns wide">
      ${(facts.facsimile || facts.document) && original(facts)}
      <section aria-labelledby="fields">
        <h2 id="fields">Fields</h2>
        ${Object.keys(facts.fields).length === 0 ? html`<p class="empty">Nothing has been read yet.</p>` : fieldTable(facts.fields, facts.kind)}
        ${
          facts.scoring &&
          html`<h2>Checks</h2>
            ${checkList(facts.scoring.checks)}`
        }
      </section>
    </div>
    <section aria-labelledby="hops">
      <h2 id="hops">Way through the stages</h2>
      ${hops(facts)}
    </section>
    <section aria-labelledby="decisions">
      <h2 id="decisions">Decisions</h2>
      ${decisions(facts)}
    </section>
    ${!isFinalJob(facts.view.state) ? actions(facts) : replay(facts)}
  </div>`

const summary = ({ view, scoring }: JobFacts): Html =>
  html`<dl class="facts">
    <div>
      <dt>Workflow</dt>
      <dd>${view.workflow} v${view.version}</dd>
    </div>
    <div>
      <dt>Stage</dt>
      <dd>${view.stage ?? '–'}</dd>
    </div>
    <div>
      <dt>From</dt>
      <dd>${view.origin} by ${view.actor}</dd>
    </div>
    <div>
      <dt>Created</dt>
      <dd>${time(view.createdAt)}</dd>
    </div>
    <div>
      <dt>Ended</dt>
      <dd>${time(view.finishedAt)}</dd>
    </div>
    ${
      view.archivedAt !== null &&
      html`<div>
        <dt>Archived</dt>
        <dd>${time(view.archivedAt)}</dd>
      </div>`
    }
    ${
      scoring &&
      html`<div>
          <dt>Score</dt>
          <dd>${percent(scoring.score)}</dd>
        </div>
        <div>
          <dt>Complete</dt>
          <dd>${percent(scoring.completeness)}</dd>
        </div>
        <div>
          <dt>Confidence</dt>
          <dd>${percent(scoring.confidence)}</dd>
        </div>`
    }
    ${
      view.replayOf !== null &&
      html`<div>
        <dt>Replay of</dt>
        <dd><a href="/jobs/${view.replayOf}">an earlier job</a></dd>
      </div>`
    }
    ${view.openTasks.map(
      (id) =>
        html`<div>
          <dt>Waits for</dt>
          <dd><a href="/tasks/${id}">a person: open the task</a></dd>
        </div>`,
    )}
  </dl>`

const lastError = ({ step, code, message, at }: NonNullable<JobFacts['view']['lastError']>): Html =>
  html`<p class="error">
    <strong>${step}</strong> <code>${code}</code> ${message} <span class="note">${time(at)}</span>
  </p>`

export const original = ({ view, document, facsimile: sheets, fields }: JobFacts): Html =>
  html`<section aria-labelledby="original">
    <h2 id="original">Original</h2>
    ${
      document &&
      html`<p>
        <a href="/v1/jobs/${view.id}/document">${document.fileName ?? 'Open the file'}</a>
        <span class="note">${document.mediaType}, ${Math.ceil(document.bytes / 1024)} kB</span>
      </p>`
    }
    ${sheets ? facsimile(sheets, fields, view.id) : html`<p class="empty">It has not been read.</p>`}
  </section>`

function decisions({ view }: JobFacts): Html {
  if (view.decisions.length === 0) return html`<p class="empty">Nothing had to be decided.</p>`
  return html`<ul class="decisions">
    ${view.decisions.map(({ decision, at, step }) => {
      const told = Decision.safeParse(decision).data
      if (!told) return html`<li>${time(at)}</li>`
      return html`<li>
        <strong>${plainWord(told.route)}</strong> by <code>${told.policy}</code> v${told.version}, rule
        <code>${told.rule}</code>
        ${told.forcedBy !== undefined && html`, forced by ${told.forcedBy}`}
        <p>${told.reason}</p>
        <p class="note">${step === null ? 'At intake' : `After ${step}`} · ${time(at)}</p>
      </li>`
    })}
  </ul>`
}

const actions = ({ view }: JobFacts): Html =>
  html`<form class="actions" method="post" action="/jobs/${view.id}">
    <label for="reason">Reason</label>
    <input id="reason" name="reason" maxlength="1000" />
    ${(view.state === 'suspended' || view.state === 'failed') && html`<button name="action" value="retried">Retry</button>`}
    ${view.state !== 'suspended' && html`<button name="action" value="suspended" class="quiet">Give to a person</button>`}
    <button name="action" value="cancelled" class="danger">Cancel</button>
  </form>`

const replay = ({ view }: JobFacts): Html =>
  html`<form class="actions" method="post" action="/jobs/${view.id}">
    <button name="action" value="replayed" class="quiet">Run again as a new job</button>
  </form>`
