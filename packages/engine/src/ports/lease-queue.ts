export type RunFailure = { code: string; message: string }

/** Long work as orchestrators do it. Whoever took a run has it for as long as it says in time that it goes on. */
export interface LeaseQueue<Run, Progress> {
  take(owner: string, leaseMs: number): Promise<Run | undefined>
  /** Says that it goes on and, where it got on, how far. False: it was stopped, or another has it. */
  note(run: Run, owner: string, leaseMs: number, progress?: Progress): Promise<boolean>
  end(run: Run, owner: string, state: 'completed' | 'failed', error: RunFailure | null): Promise<boolean>
  /** Lets it go, to be taken again after the time; a failure counts as a try. */
  giveBack(run: Run, owner: string, afterMs: number, error: RunFailure | null): Promise<boolean>
}
