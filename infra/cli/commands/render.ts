import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Argument, type Command } from 'commander';
import { load } from '../../city/load/load.js';
import { DEFAULT_INVENTORY, readInventory } from '../../city/load/read.js';
import { WorldError } from '../../city/problem.js';
import { layoutOf } from '../../site/layout.js';
import { ALL_PROGRAMS } from '../../site/roles.js';
import type { Context, ExitCode, Invoke } from '../command.js';

export function configure(command: Command, invoke: Invoke): void {
  const what = new Argument('<what>', 'the files of one program, or all').choices(['all', ...ALL_PROGRAMS.map(({ name }) => name)]);
  command
    .addArgument(what)
    .argument('[inventory]', 'a folder, or the name of a shipped inventory', DEFAULT_INVENTORY)
    .requiredOption('--out <folder>', 'where to write; each host has a folder of its own there')
    .action(invoke(run));
}

async function run({ output }: Context, what: string, inventory: string, { out }: { out: string }): Promise<ExitCode> {
  const layout = layoutOf(load(await readInventory(inventory)));
  const files = layout.hosts.flatMap(host =>
    host.files
      .filter(({ program }) => what === 'all' || program === what)
      .map(file => ({ path: join(out, host.name, file.path), content: file.content })),
  );
  for (const { path, content } of files) {
    await mkdir(dirname(path), { recursive: true })
      .then(() => writeFile(path, content))
      .catch(cause => {
        throw new WorldError(`cannot write ${path}`, { cause, hint: 'name a folder that you may write to with --out' });
      });
  }
  output.result({ schema: 1, files: files.map(({ path }) => path) }, `${files.length} files under ${out}`);
  return 0;
}
