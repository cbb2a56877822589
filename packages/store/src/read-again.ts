import { performance } from 'node:perf_hooks'

/** What was read under a name, until it is too old; what could not be read is read again by the next to ask. */
export function readAgain<Value>(freshMs: number): (name: string, read: () => Promise<Value>) => Promise<Value> {
  const known = new Map<string, { at: number; value: Promise<Value> }>()
  return (name, read) => {
    const found = known.get(name)
    if (found && performance.now() - found.at < freshMs) return found.value
    const value = read()
    known.set(name, { at: performance.now(), value })
    value.catch(() => known.delete(name))
    return value
  }
}
