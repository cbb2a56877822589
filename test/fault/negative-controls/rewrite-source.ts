import { registerHooks } from 'node:module'

/** What a process says that runs the other words: proof that the mutation took place. */
export const REWROTE = 'Runs mutated:'

/**
 * Loads one file of ours with other words in it, in this process alone: a mutation that leaves the tree as it is.
 *
 * @param file the end of its URL
 * @throws Error when it is loaded and a text to be replaced is not there: the mutation would be none.
 */
export function rewriteSource(file: string, replacements: readonly (readonly [from: string, to: string])[]): void {
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context)
      if (!url.endsWith(file)) return loaded
      const source = rewrite(textOf(loaded.source), file, replacements)
      console.error(REWROTE, file)
      return { ...loaded, source }
    },
  })
}

const textOf = (source: unknown): string =>
  source instanceof Uint8Array ? Buffer.from(source).toString() : typeof source === 'string' ? source : ''

const rewrite = (source: string, file: string, replacements: Parameters<typeof rewriteSource>[1]): string =>
  replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${file} no longer says "${from}": this mutation must be made anew`)
    return text.replaceAll(from, to)
  }, source)
