import type { Check } from '@stageline/domain'
import { html, type Html } from './html.ts'
import { plainWord } from './words.ts'

const SIGNS: Record<Check['outcome'], string> = {
  passed: '✓ passed',
  failed: '✗ failed',
  not_applicable: '– not applicable',
}

/** Failed checks first, each with what it looked at. */
export const checkList = (checks: readonly Check[]): Html =>
  html`<ul class="checks">
    ${checks
      .toSorted((a, b) => Number(b.outcome === 'failed') - Number(a.outcome === 'failed'))
      .map(
        ({ name, outcome, detail, blocking, inputs }) =>
          html`<li class="check-${outcome}">
            <strong>${plainWord(name)}</strong>
            <span class="sign">${SIGNS[outcome]}</span>${blocking && outcome === 'failed' && ' · blocking'}
            <p>${detail}</p>
            ${Object.keys(inputs).length > 0 && lookedAt(inputs)}
          </li>`,
      )}
  </ul>`

const lookedAt = (inputs: Check['inputs']): Html =>
  html`<details>
    <summary>What it looked at</summary>
    <dl>
      ${Object.entries(inputs).map(
        ([key, value]) =>
          html`<dt>${plainWord(key)}</dt>
            <dd>${String(value).replaceAll(',', ', ')}</dd>`,
      )}
    </dl>
  </details>`
