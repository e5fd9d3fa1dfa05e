import { stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { Command } from 'commander';
import { load } from '../../city/load/load.js';
import { findFolder, packageRoot, readInventory } from '../../city/load/read.js';
import { partNamed } from '../../city/part.js';
import { installedBundle, stackOfInventory } from '../../docker/deploy/source.js';
import { dockerState } from '../../docker/state-folder.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dayOf } from '../day.js';
import { usage } from '../failure.js';
import { inventoryArgument, inventoryOf, rootOf } from '../place.js';

export function configure(command: Command, invoke: Invoke): void {
  command.usage('[options] [command]');
  command
    .addArgument(inventoryArgument())
    .option('--out <file>', 'the file to write')
    .option('--districts <nodes>', 'a part of the city: these aggregation nodes and their offices, as n67,n73', '')
    .option('--plugin <file>', "terraform's docker plug-in (terraform-provider-docker_v3.6.2) for a machine that reaches no registry")
    .action(invoke(make));
  command
    .command('install')
    .summary('install a bundle; on a machine without citydc: sh FILE')
    .argument('<file>', 'a bundle')
    .requiredOption('--key <file>', "the maker's public key, which came by another way than the bundle")
    .option('--signature <file>', 'its signature (default: FILE.sig)')
    .option('--to <folder>', "the folder; a newer bundle may be installed over an older one (default: the city's name, in this folder)")
    .addHelpText('after', '\nExample:\n  citydc bundle install can-tho.bundle --key bundle.key.pub --to /srv/can-tho')
    .action(invoke(unpack));
}

interface MakeOptions {
  readonly out?: string;
  readonly districts: string;
  readonly plugin?: string;
}

async function make(context: Context, given: string | undefined, { out, districts, plugin }: MakeOptions): Promise<ExitCode> {
  const { output, env } = context;
  if (out === undefined) throw usage('--out', 'the file to write is not given', 'as citydc bundle --out can-tho.bundle');
  if (installedBundle() !== undefined) throw usage('bundle', 'an installed bundle cannot make another', 'make it in a checkout');
  const inventory = inventoryOf(context, given);
  // Problems of the inventory are reported before minutes are spent on an image.
  partNamed(load(await readInventory(inventory), dayOf(context)), districts);
  if (plugin !== undefined) await requireFile('--plugin', plugin);
  const { pack } = await import('../../docker/bundle/pack.js');
  const { manifest, bytes, signed } = await pack({
    state: dockerState(rootOf(context)),
    source: stackOfInventory({ inventory, districts }),
    inventory: await findFolder(inventory),
    program: join(packageRoot(), 'dist'),
    plugin,
    out,
    mirror: env.CITYDC_MIRROR,
    progress: (what, done, of) => output.progress(`${what} ${done}/${of}`),
    signal: context.interrupted(),
  });
  const { city, image, platform } = manifest;
  const [name, key] = [basename(out), basename(signed.publicKey)];
  output.result(
    { schema: 1, file: out, bytes, inventory: city, districts, image, platform, plugin: plugin !== undefined, ...signed },
    [
      `${out}: ${city} with image ${image} for ${platform}, ${(bytes / 1e6).toFixed(0)} MB`,
      plugin === undefined
        ? "without terraform's docker plug-in: the other machine must have it, or reach a registry (--plugin adds it)"
        : '',
      signed.isNew ? `made the key that signs bundles; who has it can make them: ${signed.publicKey.replace(/\.pub$/, '')}` : '',
      `take along: ${out} and ${signed.signature}; by another way, once: the public key ${signed.publicKey}`,
      `its fingerprint, to compare by voice: ${signed.fingerprint}`,
      'next, on a machine with Docker and OpenTofu or Terraform:',
      `  openssl pkeyutl -verify -pubin -inkey ${key} -rawin -in ${name} -sigfile ${name}.sig && sh ${name} --key ${key} --to /srv/${city}`,
    ]
      .filter(line => line !== '')
      .join('\n'),
  );
  return 0;
}

async function requireFile(option: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw usage(option, `'${path}' is no file`, 'name the program of the plug-in itself, not its archive');
}

interface UnpackOptions {
  readonly key: string;
  readonly signature?: string;
  readonly to?: string;
}

async function unpack(context: Context, file: string, { key, signature, to }: UnpackOptions): Promise<ExitCode> {
  const { install } = await import('../../docker/bundle/install.js');
  const { folder, manifest } = await install({ file, proof: { key, signature }, to, signal: context.interrupted() });
  const here = relative(process.cwd(), folder) || '.';
  context.output.result(
    { schema: 1, folder, inventory: manifest.city, image: manifest.image },
    [`${manifest.city} is installed in ${folder}`, `next: ${here.startsWith('.') ? folder : `./${here}`}/citydc up`].join('\n'),
  );
  return 0;
}
