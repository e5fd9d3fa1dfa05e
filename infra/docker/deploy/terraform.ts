import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { execa } from 'execa';
import * as z from 'zod/mini';
import { jsonOf } from '../../../agents/contract/json.js';
import { readJson } from '../../city/json.js';
import { WorldError } from '../../city/problem.js';
import { candidates, firstProgram } from '../../fabric/find-program.js';
import type { Progress } from '../../image/build.js';
import { hintFor } from '../trouble.js';

/** OpenTofu or Terraform over one folder of synthesised configuration. */
export interface Terraform {
  readonly program: string;
  readonly folder: string;
  /** The only folder that plug-ins are taken from; undefined: its own mirror folders, then the registry. */
  readonly plugins?: string | undefined;
  /** Folder of the certificates for Docker hosts at `tcp://`. */
  readonly certificates?: string | undefined;
}

/** What a plan or an apply changes: resources by their addresses, as `docker_container.e131`. */
export interface ResourceChanges {
  readonly create: readonly string[];
  readonly update: readonly string[];
  readonly replace: readonly string[];
  readonly destroy: readonly string[];
}

export interface RunOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Values of variables, as terraform reads them. */
  readonly variables?: Readonly<Record<string, string>>;
  /** File of a saved plan: `plan` writes it, `apply` applies exactly that, with its variables and targets. */
  readonly saved?: string;
  /** Only these resources, and what they depend on; all when absent. */
  readonly targets?: readonly string[];
}

/** Free software first, where both are there. */
const PROGRAMS = ['tofu', 'terraform'] as const;
/** A Docker host makes containers side by side; more than this at once only makes each slower. */
const PARALLELISM = 16;
type Verb = 'plan' | 'apply' | 'destroy';
/** Each looks for plug-ins under its own registry's name. */
export const REGISTRIES = { terraform: 'registry.terraform.io', tofu: 'registry.opentofu.org' } as const;
const PLUGIN = 'kreuzwerker/docker/3.6.2';

/** Where a local mirror folder holds the docker plug-in for this platform. */
export function pluginPath(registry: string): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return `${registry}/${PLUGIN}/${process.platform}_${architecture}/terraform-provider-docker_v3.6.2`;
}

/**
 * The program that applies a stack.
 *
 * @param chosen by the operator: a name or a path; wins
 * @throws {WorldError} when there is none
 */
export async function findTerraform(chosen: string | undefined, path: string | undefined): Promise<string> {
  const folders = (path ?? '').split(delimiter);
  const files = (chosen ? [chosen] : PROGRAMS).flatMap(name => (name.includes('/') ? [name] : candidates(name, folders)));
  const found = await firstProgram(files);
  if (found !== undefined) return found;
  throw new WorldError(`neither ${PROGRAMS.join(' nor ')} is on this machine`, {
    hint: 'install OpenTofu or Terraform 1.5 or later, or name the program in CITYDC_TERRAFORM',
  });
}

/** Makes the folder ready: backend and plug-in. @throws {WorldError} when the plug-in cannot be found */
export async function init(terraform: Terraform, { signal }: Pick<RunOptions, 'signal'>): Promise<void> {
  const from = terraform.plugins === undefined ? [] : [`-plugin-dir=${terraform.plugins}`];
  const { failed, all } = await execa(terraform.program, ['init', '-input=false', '-no-color', '-reconfigure', ...from], {
    ...quietly(terraform),
    all: true,
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  if (failed) throw initFailure(terraform, all ?? '');
}

function initFailure(terraform: Terraform, output: string): WorldError {
  const noPlugin = /Failed to (query available provider packages|install provider)|provider registry|no available releases/i.test(output);
  return new WorldError(noPlugin ? 'the docker plug-in of terraform cannot be had' : 'terraform could not make the stack ready', {
    cause: firstError(output),
    hint: noPlugin ? pluginHint(terraform) : 'see the message above, then run the command again',
  });
}

function pluginHint({ program, plugins }: Terraform): string {
  const path = pluginPath(basename(program) === 'tofu' ? REGISTRIES.tofu : REGISTRIES.terraform);
  if (plugins === undefined) return `without the registry, put it at ~/.terraform.d/plugins/${path} and run the command again`;
  return `the bundle should have it at ${join(plugins, path)}: install the bundle again, or one made with --plugin for this machine`;
}

const firstError = (output: string): string => {
  const from = output.indexOf('Error: ');
  return (from < 0 ? output : output.slice(from)).replace(/[│╷╵]/g, '').replace(/\s+/g, ' ').trim().slice(0, 500);
};

/** What an apply would change; nothing is changed. */
export const plan = (terraform: Terraform, options: RunOptions): Promise<ResourceChanges> => run(terraform, 'plan', options);

/**
 * Brings what runs to the configuration.
 *
 * An interruption is passed on once: terraform ends what it has begun and writes its state; the next run continues from there.
 */
export const apply = (terraform: Terraform, options: RunOptions): Promise<ResourceChanges> => run(terraform, 'apply', options);

/** Destroys all resources, or the targets. */
export const destroy = (terraform: Terraform, options: RunOptions): Promise<ResourceChanges> => run(terraform, 'destroy', options);

/** A resource in terraform's state. */
export interface Kept {
  /** As `docker_volume.s1-database1-var-lib-postgresql`. */
  readonly address: string;
  /** As Docker knows it. */
  readonly name: string;
}

/** The address of a host's container. */
export const containerAddress = (host: string): string => `docker_container.${host}`;

/** All resources in terraform's state; none where nothing was applied. @throws {WorldError} when its state cannot be read */
export async function kept(terraform: Terraform): Promise<readonly Kept[]> {
  const { stdout, stderr, failed } = await execa(terraform.program, ['state', 'pull'], quietly(terraform));
  if (failed) throw new WorldError("terraform's state could not be read", { cause: firstError(stderr), hint: hintFor(stderr) });
  return readJson(state, stdout || '{"resources":[]}', "terraform's state", hintFor(''))
    .resources.filter(({ mode }) => mode === 'managed')
    .map(({ type, name, instances }) => ({ address: `${type}.${name}`, name: instances[0]?.attributes.name ?? name }));
}

const text = z.string();
const instance = z.object({ attributes: z.object({ name: z.optional(text) }) });
const state = z.object({ resources: z.array(z.object({ mode: text, type: text, name: text, instances: z.array(instance) })) });

/** Memory for time: terraform and its plug-in spend a third of theirs on collecting garbage with Go's own setting of 100. */
const GOGC = '400';

/** Removes resources that are gone from terraform's state. @throws {WorldError} when its state cannot be written */
export async function forget(terraform: Terraform, addresses: readonly string[]): Promise<void> {
  if (addresses.length === 0) return;
  const { failed, stderr } = await execa(terraform.program, ['state', 'rm', ...addresses], quietly(terraform));
  if (failed) throw new WorldError("terraform's state could not be written", { cause: firstError(stderr), hint: hintFor(stderr) });
}

/**
 * How terraform is started. The plug-in would prefer DOCKER_CONTEXT and DOCKER_HOST to the stack's Docker hosts, and use TLS on sockets: what
 * the docker client takes from the environment, the stack gets as a variable.
 */
const quietly = ({ folder, certificates }: Terraform) =>
  ({
    cwd: folder,
    env: {
      ...{ CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', GOGC, TF_VAR_docker_certificates: certificates ?? '' },
      ...{ DOCKER_CONTEXT: undefined, DOCKER_HOST: undefined, DOCKER_CERT_PATH: undefined, DOCKER_TLS_VERIFY: undefined },
    },
    reject: false,
    stdin: 'ignore',
  }) as const;

/** Where the docker client looks for certificates. */
export const certificatesIn = ({ DOCKER_CERT_PATH: path }: Environment): string => path || join(homedir(), '.docker');

type Environment = Readonly<Record<string, string | undefined>>;

/** A line of terraform's output, as far as it is read. @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const event = z.object({
  type: text,
  change: z.optional(z.object({ resource: z.object({ addr: text }), action: text })),
  diagnostic: z.optional(z.object({ severity: text, summary: text, detail: z.optional(text), address: z.optional(text) })),
});
type Event = z.infer<typeof event>;

async function run(terraform: Terraform, verb: Verb, options: RunOptions): Promise<ResourceChanges> {
  const { signal, progress } = options;
  signal.throwIfAborted();
  const child = execa(terraform.program, [verb, ...wordsOf(verb, options)], {
    ...quietly(terraform),
    // In a process group of its own: the terminal's Ctrl-C would reach it a second time, and then it leaves its work undone.
    detached: true,
    cleanup: false,
  });
  const interrupt = () => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  const planned: NonNullable<Event['change']>[] = [];
  const errors: NonNullable<Event['diagnostic']>[] = [];
  let done = 0;
  for await (const line of child.iterable({ from: 'stdout' })) {
    const { type, change, diagnostic } = jsonOf(event, line) ?? { type: 'none' };
    if (type === 'planned_change' && change !== undefined) planned.push(change);
    if (type === 'apply_complete') progress('containers, volumes, networks', ++done, countOf(planned));
    if (diagnostic?.severity === 'error') errors.push(diagnostic);
  }
  const { failed, stderr } = await child;
  signal.removeEventListener('abort', interrupt);
  signal.throwIfAborted();
  if (failed) throw runFailure(verb, errors, stderr);
  return changesOf(planned);
}

function wordsOf(verb: Verb, { variables = {}, targets = [], saved }: RunOptions): readonly string[] {
  const all = ['-json', '-input=false', `-parallelism=${PARALLELISM}`, ...(verb === 'plan' ? [] : ['-auto-approve'])];
  if (verb === 'apply' && saved !== undefined) return [...all, saved];
  return [
    ...all,
    ...(saved === undefined ? [] : [`-out=${saved}`]),
    ...Object.entries(variables).flatMap(([name, value]) => ['-var', `${name}=${value}`]),
    ...targets.map(target => `-target=${target}`),
  ];
}

/** A replacement is two steps. */
const countOf = (planned: readonly { readonly action: string }[]): number =>
  planned.reduce((sum, { action }) => sum + (action === 'replace' ? 2 : 1), 0);

function changesOf(planned: readonly NonNullable<Event['change']>[]): ResourceChanges {
  const of = (action: string) => planned.filter(change => change.action === action).map(({ resource }) => resource.addr);
  return { create: of('create'), update: of('update'), replace: of('replace'), destroy: of('delete') };
}

function runFailure(verb: string, errors: readonly NonNullable<Event['diagnostic']>[], stderr: string): WorldError {
  const [first] = errors;
  const words = first === undefined ? stderr.trim() : `${first.summary} ${first.detail ?? ''}`.replace(/\s+/g, ' ').trim();
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new WorldError(`the city could not be ${verb === 'destroy' ? 'taken down' : verb === 'plan' ? 'planned' : 'brought up'}`, {
    cause: `${first?.address === undefined ? '' : `${first.address}: `}${words}${more}`,
    hint: hintFor(words),
  });
}
