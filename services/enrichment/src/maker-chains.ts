import type { Chains } from '@stageline/models'

/**
 * What tells the maker of a part: how its number begins, how it ends (makers have their own endings for packing and
 * finish), how letters and digits take turns in it, and what the description begins with.
 */
export function makerChains(mpn: string, description = ''): Chains {
  const number = mpn.trim().toUpperCase().replace(/\s+/g, ' ')
  const form = number.replace(/\d/g, '9').replace(/\p{L}/gu, 'A')
  const words = description
    .toLowerCase()
    .replace(/\d+(?:\.\d+)?/g, '#')
    .split(/\s+/)
    .filter(Boolean)
  return {
    start: upTo(LONGEST_START, (length) => number.slice(0, length), number.length),
    end: upTo(LONGEST_END, (length) => number.slice(-length), number.length - 2),
    form: [form.slice(0, 4), form.slice(0, 8), `${form}$`],
    words: upTo(MOST_WORDS, (count) => words.slice(0, count).join(' '), words.length),
  }
}

const LONGEST_START = 7
const LONGEST_END = 6
const MOST_WORDS = 4

const upTo = (most: number, part: (length: number) => string, length: number): string[] =>
  Array.from({ length: Math.max(0, Math.min(most, length)) }, (_, index) => part(index + 1))
