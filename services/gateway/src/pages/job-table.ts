import type { JobRow } from '@stageline/engine/ports'
import { html, type Html } from './html.ts'
import { badge, shortId, time } from './words.ts'

export const jobTable = (jobs: readonly JobRow[]): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="Jobs">
    <table>
      <thead>
        <tr>
          <th>Job</th>
          <th>State</th>
          <th>Stage</th>
          <th>Workflow</th>
          <th>From</th>
          <th>Created</th>
        </tr>
      </thead>
      <tbody>
        ${jobs.map(
          (job) =>
            html`<tr>
              <td><a href="/jobs/${job.id}">${job.businessKey ?? shortId(job.id)}</a></td>
              <td>${badge(job.state)}</td>
              <td>${job.stage ?? '–'}</td>
              <td>${job.workflow}</td>
              <td>${job.origin} · ${job.actor}</td>
              <td>${time(job.createdAt)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
