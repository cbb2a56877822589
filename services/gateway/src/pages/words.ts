import { html, type Html } from './html.ts'

/** `queued_up` and `totalAmount` as people write them. */
export const plainWord = (name: string): string => {
  const words = name
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export const badge = (state: string): Html =>
  html`<span class="badge state-${state}">${state.replaceAll('_', ' ')}</span>`

export const time = (iso: string | null | undefined): Html | string =>
  iso ? html`<time datetime="${iso}" title="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>` : '–'

export const shortId = (id: string): string => `…${id.slice(-8)}`

/** From one ISO time to another: `0.4 s`, `3 min 5 s`. */
export function span(from: string, to: string): string {
  const ms = Math.max(0, Date.parse(to) - Date.parse(from))
  if (ms < 1000) return `${ms} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`

/** A number and a bar: never colour alone. */
export const confidence = (share: number): Html =>
  html`<span class="confidence"
    ><meter min="0" max="1" low="0.6" high="0.85" optimum="1" value="${share}"></meter> ${percent(share)}</span
  >`
