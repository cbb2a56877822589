import type { BatchView, Counts, JobRow, Page, StageView, TaskView, WorkflowView } from '@stageline/engine/ports'
import type { GatewayDeps } from '../gateway-deps.ts'
import type { Identity } from '../guard/identity.ts'
import { html, type Html } from './html.ts'
import { jobTable } from './job-table.ts'
import { layout } from './layout.ts'
import { linePicture } from './line-picture.ts'
import { shortId, time } from './words.ts'

type Shown = {
  counts: Counts
  stages: StageView[]
  workflows: WorkflowView[]
  jobs: Page<JobRow>
  tasks: Page<TaskView>
  batches: Page<BatchView>
}

export async function linePage({ reader }: GatewayDeps, who: Identity, page: string | undefined): Promise<Html> {
  const { tenantId } = who
  // Before everything else: what happens while the page is made must not be missed.
  const cursor = await reader.presentCursor(tenantId)
  const [counts, stages, workflows, jobs, tasks, batches] = await Promise.all([
    reader.counts(tenantId),
    reader.stages(tenantId),
    reader.workflows(tenantId),
    reader.jobs(tenantId, {}, page === undefined ? { limit: 20 } : { limit: 20, cursor: page }),
    reader.tasks(tenantId, { state: ['new', 'in_progress', 'blocked'] }, { limit: 20 }),
    reader.batches(tenantId, { limit: 3 }),
  ])
  return layout({
    title: 'The line',
    who,
    cursor,
    scripts: ['live', 'drop'],
    body: show({ counts, stages, workflows, jobs, tasks, batches }),
  })
}

const show = ({ counts, stages, workflows, jobs, tasks, batches }: Shown): Html =>
  html`<h1>The line</h1>
    <section data-live="picture" aria-label="The line">
      ${linePicture(stages, counts, workflows, countOf(tasks))}
    </section>
    <div class="columns">
      <section aria-labelledby="submit">
        <h2 id="submit">Submit a document</h2>
        <form class="drop" method="post" action="/documents" enctype="multipart/form-data" data-drop>
          <label for="file"><strong>Drop files here</strong> or choose one</label>
          <input id="file" name="file" type="file" required />
          <label for="workflow">Workflow</label>
          <select id="workflow" name="workflow">
            ${workflows.map(({ key }) => html`<option ${key === 'document' && 'selected'}>${key}</option>`)}
          </select>
          <button>Submit</button>
          <p class="note">PDF, TIFF, PNG, JPEG, DOCX, XLSX, mail, HTML, XML, CSV, JSON or plain text.</p>
          <ul data-drop-results aria-live="polite"></ul>
        </form>
        ${batches.items.length > 0 && batchList(batches.items)}
      </section>
      <section aria-labelledby="tasks" data-live="tasks">
        <h2 id="tasks">Open tasks</h2>
        ${tasks.items.length === 0 ? html`<p class="empty">Nobody is needed. Doubtful results and failures show up here.</p>` : taskList(tasks.items)}
      </section>
    </div>
    <section aria-labelledby="jobs" data-live="jobs">
      <h2 id="jobs">Latest jobs</h2>
      ${jobs.items.length === 0 ? html`<p class="empty">No jobs yet. Submit a document, or a record with <code>POST /v1/jobs</code>.</p>` : jobTable(jobs.items)}
      ${jobs.next !== null && html`<p><a rel="next" href="/?${new URLSearchParams({ cursor: jobs.next }).toString()}#jobs">Older jobs</a></p>`}
    </section>`

const countOf = ({ items, next }: Page<TaskView>): string => {
  if (next !== null) return `more than ${items.length} open tasks`
  return items.length === 1 ? '1 open task' : `${items.length} open tasks`
}

const taskList = (tasks: readonly TaskView[]): Html =>
  html`<ul class="tasks">
    ${tasks.map(
      ({ id, title, evidence, cause, createdAt, assignee }) =>
        html`<li>
          <a href="/tasks/${id}">${title}</a>
          <span class="note"
            >${reasonIn(evidence) ?? cause.replaceAll('_', ' ')} ·
            ${time(createdAt)}${assignee !== null && ` · held by ${assignee}`}</span
          >
        </li>`,
    )}
  </ul>`

/** Tells tasks of one title apart: the rule or the code that sent them here. */
const reasonIn = ({ reason }: TaskView['evidence']): string | undefined =>
  typeof reason === 'string' && reason !== '' ? reason : undefined

const batchList = (batches: readonly BatchView[]): Html =>
  html`<h3>Latest batches</h3>
    <ul class="tasks">
      ${batches.map(
        ({ id, name, total, byState }) =>
          html`<li>
            ${name ?? shortId(id)}
            <span class="note">${(byState.completed ?? 0) + (byState.cancelled ?? 0)} of ${total} ended</span>
          </li>`,
      )}
    </ul>`
