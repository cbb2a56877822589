import type { BulkLine } from '@stageline/client'
import { basename } from 'node:path'
import { command, fractionOption, listOption, option, type Context } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { jsonLines } from '../input/read-records.ts'
import { readJsonObject, readText } from '../input/read-text.ts'
import { sendLines } from '../send-lines.ts'
import { withoutGaps } from '../without-gaps.ts'
import { showSubmitted } from './show-submitted.ts'
import { submitFiles } from './submit-files.ts'

export type SubmitOptions = {
  input?: string
  workflow?: string
  priority?: number
  businessKey?: string
  tag?: string[]
  idempotencyKey?: string
  wait?: boolean
}

export const submit = command<SubmitOptions>({
  name: 'submit',
  summary: 'Submit documents, a record, or many as JSON lines',
  about:
    'Files are uploaded as documents; .jsonl and .ndjson, and - for stdin, are read as JSON lines, as POST /v1/jobs:bulk takes them ({"workflow": …, "input": {…}}), and make a batch. With --wait it stays until each job has ended or waits for a person, and ends with 1 when one failed or was cancelled.',
  arguments: [{ name: '[files...]', about: 'documents, a file of JSON lines, or - for JSON lines on stdin' }],
  options: [
    option('--input <json>', 'submit this input instead: JSON, @file, or - for stdin; wants --workflow'),
    option('--workflow <key>', 'workflow; without it documents go to "document"'),
    fractionOption('--priority <x>', '0 can wait, 1 goes first'),
    option('--business-key <text>', 'what you call the item'),
    listOption('--tag <text>', 'a tag; may be given several times'),
    option('--idempotency-key <key>', 'with the same key nothing is submitted twice'),
    option('--wait', 'stay until each job has ended or waits for a person'),
  ],
  examples: [
    { does: 'Documents', line: 'stageline submit invoice.pdf receipt.jpg' },
    { does: 'One, and what came of it', line: 'stageline submit invoice.pdf --wait' },
    { does: 'A record', line: `stageline submit --workflow part --input '{"record": {"mpn": "LM358N"}}'` },
    { does: 'A record from a file', line: 'stageline submit --workflow part --input @part.json' },
    { does: 'Many, from another program', line: 'export-jobs | stageline submit - --workflow part' },
  ],
  run: async (context, files, options) => {
    if (options.input !== undefined) return submitInput(context, files, options)
    if (files.length === 0) throw new CommandError('Nothing to submit', { mend: ['Name files, or give --input'] })
    const list = files.find((file) => file === '-' || /\.(jsonl|ndjson)$/i.test(file))
    if (list === undefined) return showSubmitted(context, await submitFiles(context, files, options), options.wait)
    if (files.length === 1) return submitLines(context, list, options)
    throw new CommandError(`${list} holds JSON lines, which are submitted by themselves`, {
      mend: ['Name no other file beside it'],
    })
  },
})

async function submitInput(context: Context, files: readonly string[], options: SubmitOptions): Promise<number> {
  const { input = '', workflow, wait, idempotencyKey, businessKey, priority, tag: tags } = options
  if (files.length > 0) throw new CommandError('Either files or --input, not both', { mend: ['Leave one of them out'] })
  if (workflow === undefined) throw new CommandError('--input wants a --workflow', { mend: ['Like --workflow part'] })
  const value = await readJsonObject('--input', input, context.source)
  const job = { workflow, input: value as BulkLine['input'], ...withoutGaps({ businessKey, priority, tags }) }
  const { id } = await context.client.submitJob(job, withoutGaps({ idempotencyKey }))
  return showSubmitted(context, [{ what: 'record', id }], wait)
}

async function submitLines(context: Context, file: string, options: SubmitOptions): Promise<number> {
  const { workflow, priority, tag: tags, wait = false, idempotencyKey } = options
  const text = await readText(file, context.source)
  const name = file === '-' ? 'stdin' : basename(file)
  const lines = jsonLines(text, name).map((line) => ({
    ...withoutGaps({ workflow, priority, tags }),
    // What is wrong with a line the answer says, and the others are taken.
    ...(Object(line) as BulkLine),
  }))
  if (lines.length === 0)
    throw new CommandError('There is no line to submit', { mend: ['Give one JSON object a line'] })
  return sendLines(context, lines, { name, wait, ...withoutGaps({ idempotencyKey }) })
}
