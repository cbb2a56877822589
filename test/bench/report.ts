import { cpus, totalmem } from 'node:os'
import type { Result } from './figures/figure.ts'

const MARK = '<!-- figures: written by `pnpm bench --markdown` -->'

/** Where the figures were measured; without its name. */
export const machine = (): string => {
  const [first] = cpus()
  return `${cpus().length} processors (${first?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${process.platform}`
}

const MET = { target: 'target met', floor: 'floor met', no: '**below the floor**' } as const

export function resultTable(results: readonly Result[]): string {
  const rows = results.map(
    ({ name, title, value, range: [least, most], unit, better, target, floor, met, peers = {} }) => {
      const bound = better === 'more' ? '≥' : '≤'
      const others = Object.entries(peers).map(([peer, values]) => `${peer} ${values.map(shown).join(', ')}`)
      return `| \`${name}\` | ${title} | ${shown(value)} (${shown(least)}–${shown(most)}) ${unit} | ${bound} ${target} | ${bound} ${floor} | ${MET[met]} | ${others.join('; ')} |`
    },
  )
  return [
    '| figure | what | median (range) | target | floor | | beside it in the same rounds |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

export const shown = (value: number): string =>
  Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))

/** The page with the newest row of each figure; rows of figures that were not measured now stay. */
export function withResults(page: string, results: readonly Result[]): string {
  const [before, after = ''] = page.split(MARK)
  if (page === before) throw new Error(`The page has no line ${MARK}`)
  const rest = after.split('\n\n')
  const old = after
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .filter((line) => !results.some(({ name }) => line.startsWith(`| \`${name}\` `)))
  const [head, rule, ...rows] = resultTable(results).split('\n')
  const end = rest.findLastIndex((part) => part.includes('| `'))
  return `${before}${MARK}\n\n${[head, rule, ...rows, ...old].join('\n')}\n\n${rest.slice(end + 1).join('\n\n')}`
}
