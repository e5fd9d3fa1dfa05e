import { Command, Option } from 'commander';
import { visible } from '../city/hidden.js';
import type { CommandEntry, CommandModule, Context, ExitCode, Invoke, World } from './command.js';
import { failureOf, usage } from './failure.js';
import { createOutput } from './output.js';
import { FABRICS, type FabricKind } from './realisations.js';

/**
 * One run of `citydc`, with its streams, environment and clock given.
 *
 * @param args the arguments after the program's name
 * @returns the exit code; nothing is thrown, and nothing of the process is changed
 */
export async function run(args: readonly string[], commands: readonly CommandEntry[], world: World): Promise<number> {
  let code = 0;
  const invoke: Invoke =
    command =>
    async (...values) => {
      code = await command(contextOf(world, values.at(-1)), ...values);
    };
  try {
    const called = calledCommand(args, commands);
    if (called === undefined && args.includes('--version')) {
      world.stdout.write(`${(await import('./version.js')).version()}\n`);
      return 0;
    }
    const program = buildProgram(commands, called, await called?.load(), invoke, world);
    if (args.length === 0) program.help({ error: true });
    // `help` for an unknown command is answered as a misspelt command.
    const slip = args[0] === 'help' && args.length > 1 && called === undefined;
    await program.parseAsync(slip ? args.slice(1) : args, { from: 'user' });
    return code;
  } catch (error) {
    return report(error, args, world);
  }
}

/** The command is the first argument that is neither a flag nor the value of a global flag. */
function calledCommand(args: readonly string[], commands: readonly CommandEntry[]): CommandEntry | undefined {
  const words = args.filter((word, index) => !word.startsWith('-') && args[index - 1] !== '--fabric');
  const name = words[0] === 'help' ? words[1] : words[0];
  return commands.find(command => command.name === name);
}

function buildProgram(
  commands: readonly CommandEntry[],
  called: CommandEntry | undefined,
  module: CommandModule | undefined,
  invoke: Invoke,
  { stdout, stderr }: World,
): Command {
  const program = new Command('citydc')
    .description('The city data centre as code: verify, deploy, watch and prove it from one typed model.')
    .option('--version', 'the version of this program')
    .option('--json', 'exactly one JSON document on stdout')
    .addOption(
      new Option(
        '--fabric <which>',
        'which running city: in the lab on this machine, or on Docker hosts (default: CITYDC_FABRIC, else lab)',
      ).choices(FABRICS),
    )
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: text => void stdout.write(visible(text)), writeErr: text => void stderr.write(visible(text)) })
    .showHelpAfterError("next: 'citydc --help' lists the commands and flags")
    .addHelpText(
      'after',
      '\nExit codes: 0 fine, 1 problems found, 2 bad input or usage, 3 unknown or not done: the city or the machine could not be read or changed.\n\nExample:\n  citydc check',
    );
  for (const { name, summary, example } of commands) {
    const command = program.command(name).summary(summary).description(`${summary}.`);
    command
      .showHelpAfterError(`next: 'citydc ${name} --help' shows its arguments and flags`)
      .addHelpText('after', `\nExample:\n  ${example}`);
    if (name === called?.name) module?.configure(command, invoke);
  }
  return program;
}

function contextOf(world: World, command: unknown): Context {
  const flags = command instanceof Command ? command.optsWithGlobals<{ json?: boolean; fabric?: FabricKind }>() : {};
  return { ...world, fabric: flags.fabric ?? fabricIn(world), output: createOutput(world.stdout, world.stderr, flags.json === true) };
}

function fabricIn({ env: { CITYDC_FABRIC: wanted } }: World): FabricKind {
  const found = FABRICS.find(kind => kind === (wanted || 'lab'));
  if (found !== undefined) return found;
  throw usage('CITYDC_FABRIC', `there is no fabric '${wanted}'`, `one of: ${FABRICS.join(', ')}`);
}

function report(error: unknown, args: readonly string[], { stdout, stderr }: World): ExitCode {
  const { code, text, value } = failureOf(error);
  if (code === 0) return 0;
  const json = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json');
  if (text !== '') createOutput(stdout, stderr, json).note(text);
  if (json) createOutput(stdout, stderr, json).result(value, '');
  return code;
}
