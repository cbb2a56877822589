import type { Client } from '@stageline/client'
import { InvalidArgumentError, Option } from 'commander'
import type { Source } from './input/read-text.ts'
import type { Output } from './output/output.ts'

/** What a command works with. */
export type Context = {
  client: Client
  /** The address of the line. */
  url: string
  out: Output
  source: Source
  /** Asks before what cannot be taken back; undefined where nobody can be asked. */
  question: ((text: string) => Promise<string>) | undefined
  /** Aborts at Ctrl-C. */
  signal: AbortSignal
}

export type Example = { does: string; line: string }

/** A command as data: the program and its help are made of it, and tests go through all of them. */
export type Command = {
  /** `jobs list`. */
  name: string
  summary: string
  /** More than the summary, where there is more to know. */
  about?: string
  arguments?: readonly { name: string; about: string; choices?: readonly string[] }[]
  options?: readonly Option[]
  examples: readonly Example[]
  /** @returns the exit code; nothing for 0. */
  run(context: Context, given: readonly string[], options: unknown): Promise<number | void>
}

/** Gives `run` the types of the options that the parsers in `options` let through. */
export const command = <Options extends object = object>(
  spec: Omit<Command, 'run'> & {
    run(context: Context, given: readonly string[], options: Options): Promise<number | void>
  },
): Command => ({
  ...spec,
  run: (context, given, options) => spec.run(context, given, options as Options),
})

export const option = (flags: string, about: string): Option => new Option(flags, about)

export const countOption = (flags: string, about: string, max = 10_000): Option =>
  option(flags, about).argParser((text) => {
    const count = Number(text)
    if (/^\d+$/.test(text) && count >= 1 && count <= max) return count
    throw new InvalidArgumentError(`Write a whole number from 1 to ${max}.`)
  })

/** Priorities and their thresholds. */
export const fractionOption = (flags: string, about: string): Option =>
  option(flags, about).argParser((text) => {
    const fraction = Number(text)
    if (text.trim() !== '' && fraction >= 0 && fraction <= 1) return fraction
    throw new InvalidArgumentError('Write a number from 0 to 1, like 0.7.')
  })

/** An option that may be given several times. */
export const listOption = (flags: string, about: string): Option =>
  option(flags, about).argParser((text: string, before: string[] | undefined) => [...(before ?? []), text])
