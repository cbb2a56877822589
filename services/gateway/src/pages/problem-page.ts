import type { Identity } from '../guard/identity.ts'
import { PROBLEMS, type Problem, type ProblemCode } from '../http/problems.ts'
import { html, type Html } from './html.ts'
import { layout } from './layout.ts'

/** What a person sees instead of problem+json. */
export const failurePage = (problem: Problem, who: Identity | undefined): Html =>
  layout({
    title: PROBLEMS[problem.code].title,
    who,
    body: html`<section class="card">
      <h1>${PROBLEMS[problem.code].title}</h1>
      <p>${problem.message}</p>
      ${
        problem.errors &&
        html`<ul>
          ${problem.errors.map(({ pointer, detail }) => html`<li><code>${pointer}</code> ${detail}</li>`)}
        </ul>`
      }
      <p class="note">${PROBLEMS[problem.code].remedy}</p>
      <p><a href="/">To the line</a></p>
    </section>`,
  })

/** The page behind a problem's `type`. */
export const problemPage = (code: ProblemCode, who: Identity | undefined): Html =>
  layout({
    title: code,
    who,
    body: html`<section class="card">
      <p class="note">Problem <code>${code}</code> · HTTP ${PROBLEMS[code].status}</p>
      <h1>${PROBLEMS[code].title}</h1>
      <p>${PROBLEMS[code].remedy}</p>
    </section>`,
  })
