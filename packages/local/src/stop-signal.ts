/** Why a start ends early. */
class Stopped extends Error {
  constructor(by: string) {
    super(`Stopped by ${by}`)
    this.name = 'Stopped'
  }
}

/**
 * Aborts when somebody wants this process to end: SIGINT, SIGTERM, SIGHUP, or the end of the one that started it.
 * Further wishes are answered by `onRepeat`.
 */
export function stopSignal(onRepeat: () => void): AbortSignal {
  const stopping = new AbortController()
  const stop = (by: string) => {
    if (stopping.signal.aborted) onRepeat()
    else stopping.abort(new Stopped(by))
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop(name))
  process.on('disconnect', () => stop('the end of its parent'))
  // The channel is there to be missed, not to keep this process alive.
  process.channel?.unref()
  return stopping.signal
}
