import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type OwnPart = { mpn: string; description: string; category: string; family: string }

/**
 * Part descriptions written for this repository (`own-families.txt`), in the clipped style of distributors and in plain
 * words: they cover categories and families that the training data hardly hold. They have no numbers.
 */
export function ownParts(): OwnPart[] {
  let category = ''
  return readFileSync(join(import.meta.dirname, 'own-families.txt'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('# ')) category = line.slice(2)
      const [family = '', descriptions] = line.split(' = ')
      return (descriptions?.split(' | ') ?? []).map((description) => ({ mpn: '', description, category, family }))
    })
}
