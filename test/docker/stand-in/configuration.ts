/** What a synthesised stack says, with all that it refers to resolved: what terraform's core does for the plug-in. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Attributes = Readonly<Record<string, unknown>>;

/** A container, volume or network that is to be there. */
export interface Wanted {
  /** As `docker_container.e131`. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  /** The daemon's socket. */
  readonly socket: string;
  /** Resolved, without what is terraform's own. */
  readonly attributes: Attributes;
  /** Addresses of what must be there first. */
  readonly after: readonly string[];
  /** Another one means another resource. */
  readonly digest: string;
}

interface Configuration {
  readonly provider: { readonly docker: readonly { readonly alias: string; readonly host: string }[] };
  readonly variable: Readonly<Record<string, { readonly default: string }>>;
  readonly data: { readonly docker_image: Readonly<Record<string, { readonly name: string; readonly provider: string }>> };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly terraform: { readonly backend: { readonly local: { readonly path: string } } };
}

/** Asks a daemon for an image's id. */
export type ImageId = (socket: string, name: string) => Promise<string>;

/** Where a stack's state is stored. */
export const statePathOf = (folder: string): string => join(folder, configurationOf(folder).terraform.backend.local.path);

const configurationOf = (folder: string): Configuration => JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')) as Configuration;

/** Addresses of what may not be destroyed. */
export const protectedIn = (folder: string): readonly string[] =>
  resourcesOf(configurationOf(folder)).flatMap(({ address, raw }) => (raw.lifecycle === undefined ? [] : [address]));

/** Reads the stack in a folder. @param given values of variables */
export async function readStack(folder: string, given: Readonly<Record<string, string>>, imageId: ImageId): Promise<readonly Wanted[]> {
  const configuration = configurationOf(folder);
  const sockets = new Map(configuration.provider.docker.map(({ alias, host }) => [`docker.${alias}`, socketOf(host)]));
  const values = new Map<string, string>(
    Object.entries(configuration.variable).map(([name, variable]) => [`var.${name}`, given[name] ?? variable.default]),
  );
  const resources = resourcesOf(configuration);
  for (const { address, raw } of resources) values.set(`${address}.name`, String(raw.name));
  const resolve = resolver(folder, values);
  for (const [name, image] of Object.entries(configuration.data.docker_image))
    values.set(`data.docker_image.${name}.id`, await imageId(sockets.get(image.provider) ?? '', String(resolve(image.name))));
  return resources.map(resource => wanted(resource, resolve, sockets));
}

interface Resource {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly raw: Attributes;
}

const resourcesOf = ({ resource }: Configuration): readonly Resource[] =>
  Object.entries(resource).flatMap(([type, all]) =>
    Object.entries(all).map(([name, raw]) => ({ address: `${type}.${name}`, type, name, raw })),
  );

function socketOf(host: string): string {
  if (!host.startsWith('unix://')) throw new Error(`the stand-in of terraform speaks to sockets alone, not to ${host}`);
  return host.slice('unix://'.length);
}

function wanted({ raw, ...resource }: Resource, resolve: (value: unknown) => unknown, sockets: ReadonlyMap<string, string>): Wanted {
  const { '//': _, provider, depends_on: dependsOn = [], lifecycle, ...own } = raw;
  const attributes = resolve(own) as Attributes;
  const referred = [...JSON.stringify(own).matchAll(/\$\{(docker_\w+\.[\w-]+)\.name\}/g)].map(([, address = '']) => address);
  return {
    ...resource,
    socket: sockets.get(String(provider)) ?? '',
    attributes,
    after: [...new Set([...(dependsOn as readonly string[]), ...referred])],
    digest: createHash('sha256').update(JSON.stringify(attributes)).digest('hex'),
  };
}

/** Innermost expressions first: `${filesha256("${var.secrets}/password")}`. */
function resolver(folder: string, values: ReadonlyMap<string, string>): (value: unknown) => unknown {
  const resolved = (expression: string): string => {
    const [, path] = /^filesha256\(\\?"(.*?)\\?"\)$/.exec(expression) ?? [];
    if (path !== undefined)
      return createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex');
    const value = values.get(expression);
    if (value === undefined) throw new Error(`the stand-in of terraform does not know \${${expression}}`);
    return value;
  };
  const resolve = (value: unknown): unknown => {
    if (typeof value === 'string') {
      let text = value;
      while (/\$\{[^${}]*\}/.test(text)) text = text.replace(/\$\{([^${}]*)\}/g, (_, expression: string) => resolved(expression));
      return text;
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each)]));
    return value;
  };
  return resolve;
}
