import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makerChains } from '../services/enrichment/src/maker-chains.ts'
import type { ChainExample } from './chains.ts'

/** Counts as much as so many parts. */
const KNOWN = 0.5

/**
 * What the trade knows about makers' numbers, written for this repository (`own-makers.txt`): how the numbers of a line
 * of products begin, and the endings by which makers tell packing and finish.
 */
export const ownMakers = (): ChainExample[] =>
  lines().flatMap(({ maker, starts, ends }) => [
    ...starts.map((start) => ({ label: maker, chains: { start: makerChains(start)['start'] ?? [] }, weight: KNOWN })),
    ...ends.map((end) => ({ label: maker, chains: { end: endings(end) }, weight: KNOWN })),
  ])

const lines = () =>
  readFileSync(join(import.meta.dirname, 'own-makers.txt'), 'utf8')
    .split('\n')
    .filter((line) => line.includes(' = '))
    .map((line) => {
      const [maker = '', numbers = ''] = line.split(' = ')
      const [starts = '', ends = ''] = numbers.split(' |')
      return { maker, starts: words(starts), ends: words(ends) }
    })

const words = (text: string): string[] => text.trim().toUpperCase().split(/\s+/).filter(Boolean)

/** As the ending of some number that is long enough. */
const endings = (end: string): string[] => (makerChains(`XXXXXXXX${end}`)['end'] ?? []).slice(0, end.length)
