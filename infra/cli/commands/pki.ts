import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { load } from '../../city/load/load.js';
import { readInventory } from '../../city/load/read.js';
import { WorldError } from '../../city/problem.js';
import { foundPki, putAside } from '../../fabric/pki/found.js';
import { type IdentifiedCity, type Identity, identitiesOf } from '../../fabric/pki/identity.js';
import { type Row, rowsOf } from '../../fabric/pki/listing.js';
import { hasPki, openPki, type Pki, type PkiOptions } from '../../fabric/pki/pki.js';
import { hasRootKey, moveRootKey, rootPlace } from '../../fabric/pki/root-key.js';
import { inTurn } from '../../fabric/pki/turn.js';
import { USES, useNamed } from '../../fabric/pki/uses.js';
import { issue, renew, revoke } from '../../fabric/pki/verbs.js';
import { REASONS, type Reason } from '../../fabric/pki/x509.js';
import { stateRoot } from '../../fabric/state-root.js';
import { topologyOf } from '../../site/topology.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dayOf } from '../day.js';
import { usage } from '../failure.js';
import { callFor, inventoryArgument, inventoryOf, rootOf } from '../place.js';
import { table } from '../table.js';

const ROOT = ['--root <folder>', "where the root's private key is, when it is not where it was last"] as const;

export function configure(command: Command, invoke: Invoke): void {
  command.addHelpText(
    'after',
    "\n  citydc pki init --root /media/root\n  citydc pki revoke pgbackrest/s1-database1 --reason keyCompromise\n\nCITYDC_ROOT_PASSPHRASE_FILE names the file with the passphrase of the root's private key: it is stored encrypted then.",
  );
  command
    .command('init')
    .summary("make the city's authorities; with --root, put the root's private key into a folder that can be carried away")
    .addArgument(inventoryArgument())
    .option('--root <folder>', "the folder for the root's private key; of a pki that is there, the key is moved to it")
    .option('--replace', 'put what is there aside and begin anew; hosts get all new certificates with the next `up`')
    .action(invoke(runInit));
  command
    .command('issue')
    .summary('make another certificate for a host, revoked ones included')
    .argument('<identity...>', 'USE/HOST, as pgbackrest/s1-database1')
    .addOption(new Option('--inventory <inventory>', 'where a host that has none yet is found'))
    .option(...ROOT)
    .action(invoke(runIssue));
  command
    .command('renew')
    .summary('make the next certificates of what is due, or of what is named')
    .argument('[identity...]', 'USE/HOST, or a site as s1 for its intermediate')
    .option('--all', 'of all hosts, due or not')
    .option(...ROOT)
    .action(invoke(runRenew));
  command
    .command('revoke')
    .summary('revoke all certificates of an identity, or one by its serial number')
    .argument('<what>', 'USE/HOST, a site as s1, or a serial number')
    .addOption(new Option('--reason <reason>', 'as RFC 5280 names them').choices(REASONS).default(REASONS[0]))
    .option(...ROOT)
    .action(invoke(runRevoke));
  command.command('list').summary('what was issued, and until when it is valid').action(invoke(runList));
}

interface RootOption {
  readonly root?: string;
}

async function runInit(
  context: Context,
  given: string | undefined,
  options: RootOption & { readonly replace?: boolean },
): Promise<ExitCode> {
  const city = await cityOf(context, given);
  const pki = await optionsOf(context, options);
  return inTurn(pki.secrets, 'citydc pki init', async () => {
    const aside = options.replace === true ? await putAside(pki.secrets, pki.now()) : undefined;
    if (hasPki(pki.secrets)) return reportMoved(context, await openPki(pki), options.root);
    const { at, register } = await foundPki(pki, city);
    const root = await rootPlace(at);
    const text = [
      ...(aside === undefined ? [] : [`what was there is in ${aside}`]),
      `${city.city} has its authorities: a root, and intermediates for ${city.issuers.join(', ')}`,
      options.root === undefined
        ? `the root's private key is in ${root}: take it offline with 'citydc pki init --root FOLDER'`
        : `the root's private key is in ${root}: carry the folder away; it is needed for new sites, and once a year`,
      `next: '${callFor(context)} up' gives every host its certificates`,
    ].join('\n');
    context.output.result({ schema: 1, city: register.city, root, aside, issuers: city.issuers }, text);
    return 0;
  });
}

async function reportMoved({ output }: Context, pki: Pki, root: string | undefined): Promise<ExitCode> {
  if (root === undefined)
    throw usage(
      'pki init',
      `${pki.register.city} has its authorities already`,
      "see 'citydc pki list'; --root FOLDER moves the root's private key, --replace begins anew",
    );
  const { from, to } = await moveRootKey(pki.at, { ...pki.access, root });
  const text = `the root's private key is in ${to}, and no more in ${from}: carry the folder away; it is needed for new sites, and once a year`;
  output.result({ schema: 1, city: pki.register.city, root: to }, text);
  return 0;
}

async function runIssue(
  context: Context,
  identities: readonly string[],
  options: RootOption & { readonly inventory?: string },
): Promise<ExitCode> {
  for (const name of identities) requireUse(name);
  const inCity = async (name: string) => identityIn(await cityOf(context, options.inventory), name);
  const made = await changed(context, options, 'citydc pki issue', pki => issue(pki, identities, inCity));
  return reportMade(context, made);
}

function requireUse(name: string): void {
  const [use = '', host] = name.split('/');
  if (host !== undefined && use in USES) return;
  throw usage(name, 'is no USE/HOST', `uses are ${Object.keys(USES).join(', ')}; as pgbackrest/s1-database1`);
}

function identityIn({ city, hosts }: IdentifiedCity, identity: string): Identity {
  const [use = '', name] = identity.split('/');
  const host = hosts.find(each => each.name === name);
  if (host === undefined)
    throw usage(identity, `${city} has no host '${name}'`, 'see the hosts: citydc plan; another inventory: --inventory');
  return { use: useNamed(use), ...host };
}

async function runRenew(
  context: Context,
  identities: readonly string[],
  options: RootOption & { readonly all?: boolean },
): Promise<ExitCode> {
  const made = await changed(context, options, 'citydc pki renew', pki => renew(pki, identities, options.all === true));
  return reportMade(context, made);
}

function reportMade(context: Context, made: readonly string[]): ExitCode {
  const next = `next: '${callFor(context)} up' gives them to the hosts`;
  const text = made.length === 0 ? 'nothing is due' : [...made.map(name => `${name}: new certificate`), next].join('\n');
  context.output.result({ schema: 1, made }, text);
  return 0;
}

async function runRevoke(context: Context, what: string, options: RootOption & { readonly reason: Reason }): Promise<ExitCode> {
  const revoked = await changed(context, options, 'citydc pki revoke', pki => revoke(pki, what, options.reason));
  const text = [...revoked.map(serial => `revoked: ${serial}`), `next: '${callFor(context)} up' makes the hosts refuse it`].join('\n');
  context.output.result({ schema: 1, revoked }, text);
  return 0;
}

async function runList(context: Context): Promise<ExitCode> {
  const pki = await openPki(await optionsOf(context, {}));
  const [rows, root] = [rowsOf(pki.register, context.now()), await rootPlace(pki.at)];
  const present = await hasRootKey(pki.at, pki.access);
  const where = present
    ? `the root's private key is in ${root}`
    : `the root's private key is offline; it is expected in ${root} when it is needed`;
  context.output.result(
    { schema: 1, city: pki.register.city, root: { folder: root, present }, certificates: rows },
    `${tableOf(rows)}${where}`,
  );
  return 0;
}

const tableOf = (rows: readonly Row[]): string =>
  table(
    ['identity', 'use', 'issuer', 'days left', 'state', 'serial'],
    rows.map(({ identity, use, issuer, expiresInDays, state, revoked, serial }) => [
      identity,
      use ?? '-',
      issuer,
      expiresInDays,
      revoked === undefined ? state : `revoked ${revoked.at.slice(0, 10)} (${revoked.reason})`,
      serial,
    ]),
  );

async function changed<T>(context: Context, options: RootOption, doing: string, work: (pki: Pki) => Promise<T>): Promise<T> {
  const pki = await optionsOf(context, options);
  return inTurn(pki.secrets, doing, async () => work(await openPki(pki)));
}

async function optionsOf(context: Context, { root }: RootOption): Promise<PkiOptions> {
  const { env, output, now } = context;
  const access = { root, passphrase: await passphraseIn(env.CITYDC_ROOT_PASSPHRASE_FILE) };
  return { secrets: stateRoot(rootOf(context)).secrets, now, access, note: text => output.note(text) };
}

async function passphraseIn(file: string | undefined): Promise<string | undefined> {
  if (!file) return undefined;
  const text = await readFile(file, 'utf8').catch(cause => {
    throw new WorldError(`the passphrase in ${file} cannot be read`, { cause, hint: 'see CITYDC_ROOT_PASSPHRASE_FILE' });
  });
  const passphrase = text.replace(/\r?\n$/, '');
  if (passphrase.length >= LEAST_PASSPHRASE) return passphrase;
  throw usage(
    'CITYDC_ROOT_PASSPHRASE_FILE',
    `${file} has ${passphrase.length} characters`,
    `give at least ${LEAST_PASSPHRASE}: who has the folder can try as many as they like`,
  );
}
const LEAST_PASSPHRASE = 16;

async function cityOf(context: Context, given: string | undefined): Promise<IdentifiedCity> {
  return identitiesOf(topologyOf(load(await readInventory(inventoryOf(context, given)), dayOf(context))));
}
