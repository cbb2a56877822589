import type { HistoryEntry } from '@stageline/domain'
import { html, type Content, type Html } from './html.ts'
import type { JobFacts } from './job-facts.ts'
import { badge, span, time } from './words.ts'

/** Everything that happened, in order: each entry with the states it went through and how long each took. */
export const hops = ({ history }: JobFacts): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="History">
    <table class="hops">
      <thead>
        <tr>
          <th>When</th>
          <th>What</th>
          <th>Step</th>
          <th>States</th>
          <th>By</th>
        </tr>
      </thead>
      <tbody>
        ${history.map(
          (entry) =>
            html`<tr>
              <td>${time(entry.at)}</td>
              <td>${entry.event}</td>
              <td>
                ${stepLink(entry)}${entry.attempt !== null && entry.attempt > 1 && html` <span class="note">attempt ${entry.attempt}</span>`}
              </td>
              <td>${states(entry)}${entry.failure && failure(entry.failure)}</td>
              <td>${entry.actor}${entry.reason !== null && html` <q>${entry.reason}</q>`}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`

function states({ path, times, jobFrom, jobTo }: HistoryEntry): Content {
  if (path.length === 0) return jobFrom === jobTo ? badge(jobTo) : html`${badge(jobFrom)} → ${badge(jobTo)}`
  return path.map((state, i) => {
    const [from, to] = [times[i], times[i + 1]]
    return html`${i > 0 && ' → '}${badge(state)}${from !== undefined && to !== undefined && html` <span class="note">${span(from, to)}</span>`}`
  })
}

const failure = ({ code, message, kind }: NonNullable<HistoryEntry['failure']>): Html =>
  html`<p class="error"><code>${code}</code> ${message} <span class="note">${kind.replaceAll('_', ' ')}</span></p>`

const stepLink = ({ step, stage }: HistoryEntry): Content =>
  stage === null ? (step ?? '–') : html`<a href="/queues/queue/${stage}" title="The queue of ${stage}">${step}</a>`
