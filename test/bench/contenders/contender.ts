import type { Item, Stage } from '../rig/workload.ts'

/** Where a contender finds its servers. */
export type Env = {
  /** As the owner of the database. */
  databaseUrl: string
  redisUrl: string
  /** Of this run: logs and files. */
  folder: string
}

/** Says which items the engine has recorded as done (or, where it gives no such sign, whose last handler has ended). */
export type Done = (ids: readonly (string | number)[]) => void

export type Submitter = {
  /** Resolves when the engine has taken all of them, with the ids under which `Done` will name them. */
  submit(items: readonly Item[]): Promise<readonly (string | number)[]>
  close(): Promise<void>
}

export type Worker = { close(): Promise<void> }

/** An engine under the workload. Everything but `setup` runs in processes of its own, which are what is measured. */
export type Contender = {
  name: string
  title: string
  /** What a reader needs to know to judge the figure. */
  settings: string
  needs: readonly ('redis' | 'postgres')[]
  /** Items of a drain: one that takes some seconds. */
  items: number
  /** The stages of each worker process. */
  workers: readonly (readonly Stage[])[]
  setup?(env: Env): Promise<void>
  /** Further processes of the engine; each is ready when it resolves. */
  services?(env: Env): Promise<AsyncDisposable & { pids: readonly number[] }>
  submitter(env: Env): Promise<Submitter>
  /** Resolves when it works. */
  worker(env: Env, stages: readonly Stage[], done: Done): Promise<Worker>
}
