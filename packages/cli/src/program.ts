import { Argument, Command as Program } from 'commander'
import type { Command, Example } from './command.ts'
import { COMMANDS, TOPICS } from './commands/commands.ts'
import { EXIT_MEANINGS } from './exit-codes.ts'

export type GlobalOptions = { url?: string; json?: boolean; color: boolean }

/** Called with what the command line asks for. */
export type Chosen = (command: Command, asked: Asked) => Promise<void>
export type Asked = { given: readonly string[]; options: object; globals: GlobalOptions }

export type ProgramStreams = { out: (text: string) => void; err: (text: string) => void; width: number }

/** The command line, made of {@link COMMANDS}; ends by throwing, never the process. */
export function createProgram(chosen: Chosen, { out, err, width }: ProgramStreams): Program {
  const program = new Program('stageline')
    .description('Submit documents and records to a line, follow them, and settle what waits for people.')
    .option('--url <address>', 'where the line is; wins over STAGELINE_URL')
    .option('--json', 'answer with JSON on stdout, and nothing else there')
    .option('--no-color', 'without colour, as with NO_COLOR')
    .exitOverride()
    .configureOutput({
      writeOut: out,
      writeErr: err,
      outputError: (text, write) => write(text.replace(/^error: /, 'stageline: ')),
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('  --help shows what there is')
    .helpCommand(false)
    .addHelpText('after', ({ command }) => (command.parent === null ? rootHelp() : ''))
  const topics = new Map<string, Program>()
  for (const command of COMMANDS) {
    const [topic = '', ...rest] = command.name.split(' ')
    const parent = rest.length === 0 ? program : topicOf(program, topics, topic)
    addCommand(parent, command, chosen)
  }
  return program
}

function topicOf(program: Program, topics: Map<string, Program>, topic: string): Program {
  const known = topics.get(topic)
  if (known) return known
  const made = program
    .command(topic)
    .description(TOPICS[topic] ?? '')
    .helpCommand(false)
  const examples = COMMANDS.filter(({ name }) => name.startsWith(`${topic} `)).flatMap(
    ({ summary, examples: [first] }) => (first ? [{ does: summary, line: first.line }] : []),
  )
  made.addHelpText('after', examplesText(examples))
  topics.set(topic, made)
  return made
}

function addCommand(parent: Program, command: Command, chosen: Chosen): void {
  const made = parent
    .command(command.name.split(' ').at(-1) ?? '')
    .summary(command.summary)
    .description(command.about === undefined ? command.summary : `${command.summary}\n\n${command.about}`)
    .addHelpText('after', examplesText(command.examples))
  for (const { name, about, choices } of command.arguments ?? []) {
    const argument = new Argument(name, about)
    made.addArgument(choices ? argument.choices(choices) : argument)
  }
  for (const option of command.options ?? []) made.addOption(option)
  made.action(async () => chosen(command, { given: made.args, options: made.opts(), globals: made.optsWithGlobals() }))
}

const examplesText = (examples: readonly Example[]): string =>
  `\nExamples:\n${examples.map(({ does, line }) => `  ${does}:\n    ${line}`).join('\n')}\n`

const rootHelp = (): string =>
  [
    '',
    'Environment:',
    '  STAGELINE_URL      where the line is; without it the one of this checkout,',
    '                     or http://127.0.0.1:3000',
    '  STAGELINE_API_KEY  the key; without it, and for this machine only, the one',
    '                     that npm start of this checkout keeps',
    '  NO_COLOR           no colour',
    '',
    'Exit codes:',
    ...Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code.padEnd(5)}${meaning}`),
    examplesText([
      { does: 'A document, and what comes of it', line: 'stageline submit invoice.pdf --wait' },
      { does: 'A batch of records from a file', line: 'stageline run parts.csv --limit 50' },
      { does: 'What waits for a person, most urgent', line: 'stageline pending --priority high' },
    ]),
  ].join('\n')
