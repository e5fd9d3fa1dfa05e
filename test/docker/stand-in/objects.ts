/** How each kind of resource is made, looked for and removed: what the plug-in does with the same attributes. */

import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Attributes } from './configuration.js';
import { ask, unlessMissing } from './daemon.js';

export interface Kind {
  create(socket: string, attributes: Attributes, folder: string): Promise<void>;
  /** Whether it is there as it should be: a container that must run does. */
  isThere(socket: string, name: string, attributes: Attributes): Promise<boolean>;
  remove(socket: string, name: string): Promise<void>;
}

type Labels = readonly { readonly label: string; readonly value: string }[];
const labelsOf = (attributes: Attributes) =>
  Object.fromEntries(((attributes.labels ?? []) as Labels).map(({ label, value }) => [label, value]));

const isThere = (path: string) => async (socket: string, name: string) =>
  (await ask(socket, 'GET', `${path}/${name}`).catch(unlessMissing)) !== undefined;
const removes = (path: string) => async (socket: string, name: string) => {
  await ask(socket, 'DELETE', `${path}/${name}`).catch(unlessMissing);
};

const volume: Kind = {
  create: async (socket, attributes) => {
    await ask(socket, 'POST', '/volumes/create', { Name: attributes.name, Labels: labelsOf(attributes) });
  },
  isThere: isThere('/volumes'),
  remove: removes('/volumes'),
};

interface Subnet {
  readonly subnet: string;
  readonly gateway: string;
}

const network: Kind = {
  create: async (socket, attributes) => {
    const subnets = attributes.ipam_config as readonly Subnet[];
    await ask(socket, 'POST', '/networks/create', {
      Name: attributes.name,
      CheckDuplicate: true,
      Driver: attributes.driver,
      Internal: attributes.internal ?? false,
      Options: attributes.options ?? {},
      Labels: labelsOf(attributes),
      IPAM: { Driver: attributes.ipam_driver, Config: subnets.map(({ subnet, gateway }) => ({ Subnet: subnet, Gateway: gateway })) },
    });
  },
  isThere: isThere('/networks'),
  remove: removes('/networks'),
};

const container: Kind = {
  create: async (socket, attributes, folder) => {
    const path = `/containers/${attributes.name}`;
    await ask(socket, 'POST', `/containers/create?name=${attributes.name}`, specificationOf(attributes));
    const uploads = (attributes.upload ?? []) as readonly Upload[];
    if (uploads.length > 0) await ask(socket, 'PUT', `${path}/archive?path=/`, archiveOf(uploads, folder));
    await ask(socket, 'POST', `${path}/start`);
    if (attributes.attach === true) await ask(socket, 'POST', `${path}/wait`);
  },
  isThere: async (socket, name, attributes) => {
    const found = await ask<{ readonly State: { readonly Running: boolean } }>(socket, 'GET', `/containers/${name}/json`).catch(
      unlessMissing,
    );
    return found !== undefined && (attributes.must_run !== true || found.State.Running);
  },
  remove: async (socket, name) => {
    await ask(socket, 'DELETE', `/containers/${name}?force=1`).catch(unlessMissing);
  },
};

export const KINDS: Readonly<Record<string, Kind>> = { docker_volume: volume, docker_network: network, docker_container: container };

interface Upload {
  readonly file: string;
  readonly source: string;
  readonly permissions: string;
}

/** As a tar archive, which is what a daemon takes files as. */
function archiveOf(uploads: readonly Upload[], folder: string): Buffer {
  const room = mkdtempSync(join(tmpdir(), 'citydc-upload-'));
  try {
    for (const { file, source, permissions } of uploads) {
      const path = join(room, file);
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(join(folder, source), path);
      chmodSync(path, Number.parseInt(permissions, 8));
    }
    return execFileSync('tar', ['-C', room, '--owner=0', '--group=0', '-cf', '-', '.'], { maxBuffer: 1 << 30 });
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

interface Specified extends Attributes {
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };
  readonly networks_advanced?: readonly { readonly name: string; readonly ipv4_address: string }[];
  readonly volumes: readonly { readonly volume_name: string; readonly container_path: string; readonly read_only?: boolean }[];
  readonly healthcheck?: {
    readonly test: readonly string[];
    readonly interval: string;
    readonly timeout: string;
    readonly start_period: string;
    readonly retries: number;
  };
}

const bytes = (mebibytes: unknown): number | undefined => (typeof mebibytes === 'number' ? mebibytes * 2 ** 20 : undefined);

/** `2m0s` in nanoseconds. */
const nanoseconds = (text: string): number =>
  [...text.matchAll(/(\d+)([ms])/g)].reduce((sum, [, number, unit]) => sum + Number(number) * (unit === 'm' ? 60 : 1), 0) * 1e9;

/** A container's attributes in the words of Docker's interface. */
function specificationOf(attributes: Attributes): object {
  const { capabilities, networks_advanced: networks, volumes, healthcheck, ...is } = attributes as Specified;
  const [joined] = networks ?? [];
  return {
    Image: is.image,
    Hostname: is.hostname,
    User: is.user,
    Env: is.env,
    Cmd: is.command,
    Entrypoint: is.entrypoint,
    WorkingDir: is.working_dir,
    Tty: is.tty,
    OpenStdin: is.stdin_open,
    Labels: labelsOf(attributes),
    ...(healthcheck === undefined
      ? {}
      : {
          Healthcheck: {
            Test: healthcheck.test,
            Interval: nanoseconds(healthcheck.interval),
            Timeout: nanoseconds(healthcheck.timeout),
            StartPeriod: nanoseconds(healthcheck.start_period),
            Retries: healthcheck.retries,
          },
        }),
    HostConfig: {
      Mounts: volumes.map(({ volume_name: Source, container_path: Target, read_only: ReadOnly = false }) => ({
        ...{ Type: 'volume', Source, Target, ReadOnly },
      })),
      NetworkMode: joined?.name ?? is.network_mode,
      RestartPolicy: { Name: is.restart },
      CapAdd: capabilities.add,
      CapDrop: capabilities.drop,
      SecurityOpt: is.security_opts,
      Sysctls: is.sysctls,
      Tmpfs: is.tmpfs,
      Memory: bytes(is.memory),
      MemorySwap: bytes(is.memory_swap),
      CpuShares: is.cpu_shares,
      LogConfig: { Type: is.log_driver },
      IpcMode: is.ipc_mode,
      Init: is.init,
    },
    ...(joined === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [joined.name]: { IPAMConfig: { IPv4Address: joined.ipv4_address } } } } }),
  };
}
