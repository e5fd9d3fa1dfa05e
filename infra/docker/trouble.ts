/** What the docker client says when Docker itself fails, and not a command inside a host. Pure; messages of docker 20.10 to 29. */

import { WorldError } from '../city/problem.js';
import type { DockerHost } from '../city/targets/docker/docker-host.js';

export type ReachableHost = Pick<DockerHost, 'key' | 'connect'>;

/** What a docker command ended with. */
export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the client's message begins when it did not reach a container. */
const OPENING =
  /^(?:Cannot connect to the Docker daemon|failed to connect to the docker API|error during connect|(?:Got )?permission denied while trying to connect|Failed to initialize|unable to resolve docker endpoint|unable to parse docker host|Error response from daemon: client version|Client sent an HTTP request to an HTTPS server|Error response from daemon: Client sent an HTTP request)/im;

interface Row {
  readonly says: RegExp;
  /** What is wrong with the Docker host when the client could not reach it; `does not answer` when absent. */
  readonly what?: string;
  /** @param connect where the Docker host is, as `unix:///var/run/docker.sock`; empty when the message does not name it */
  readonly hint: (connect: string) => string;
}

/** What Docker, terraform and its plug-in say when something in the world is wrong, and the next step. The first that fits is used. */
const ROWS: readonly Row[] = [
  {
    says: /permission denied while trying to connect/i,
    what: 'does not let this user in',
    hint: connect => `run the command as root, or as a member of the group that owns ${pathOf(connect) || 'its socket'}`,
  },
  {
    says: /client version \S+ is too (?:old|new)/,
    what: 'and the docker client here speak no common API',
    hint: () =>
      'unset DOCKER_API_VERSION; else bring the older of the two up to date (20.10 or later), or name another client in CITYDC_DOCKER',
  },
  {
    says: /HTTP request to an HTTPS server|x509: |tls: |\.pem\b/i,
    what: 'cannot be reached over TLS',
    hint: () =>
      "put ca.pem, cert.pem and key.pem that the daemon's authority has signed into ~/.docker, or name their folder in DOCKER_CERT_PATH; a daemon without TLS needs `withoutTls` with a reason in the inventory",
  },
  {
    says: /pool overlaps with other one|overlaps with|address already in use/i,
    hint: () => 'give the Docker host another /16 as `underlay` in city.yaml, or remove the network that has it (docker network ls)',
  },
  {
    says: /has active endpoints|waiting for state to become 'removed' \(last state: 'pending'/i,
    hint: () =>
      'a container of another stands on the underlay (docker network inspect), or Docker has lost count: restart Docker there, then run the command again',
  },
  {
    says: /No such image|unable to find or pull image|did not find docker image/i,
    hint: () => 'load the image into that Docker host: `citydc --fabric docker up` does it',
  },
  {
    says: /no space left on device|ENOSPC/i,
    hint: () => 'make room there (docker system df), then run the command again',
  },
  {
    says: /state lock|Error acquiring the state/i,
    hint: () =>
      'another run is at work on this city; wait for it to end. One that was killed may have left the lock: `terraform force-unlock ID` in .citydc/docker/cdktf.out/stacks/city, with the ID of the message',
  },
  {
    says: /prevent_destroy|Instance cannot be destroyed/i,
    hint: () => 'data is protected: `citydc --fabric docker down --data` takes it away, too',
  },
  {
    says: /Cannot connect to the Docker daemon|unable to ping Docker server|connection refused|no such host|i\/o timeout/i,
    hint: reach,
  },
];

const REACHING = {
  unix: 'start Docker there (systemctl start docker)',
  ssh: 'try it by hand: `ssh` to it and `docker version` there; its key must be known and ours in the agent',
  tcp: 'see whether the daemon listens there and which firewalls are between',
} as const;

function reach(connect: string): string {
  return `${REACHING[schemeOf(connect)]}, or correct its \`connect\` in the inventory`;
}

function schemeOf(connect: string): keyof typeof REACHING {
  if (connect.startsWith('ssh:')) return 'ssh';
  return connect.startsWith('tcp:') ? 'tcp' : 'unix';
}

const pathOf = (connect: string): string => connect.replace(/^\w+:\/\//, '');

/** The next step after a failure, by its message; undefined when the message is not in the table. */
export const knownHint = (words: string): string | undefined =>
  ROWS.find(({ says }) => says.test(words))?.hint(/\b(?:unix|ssh|tcp):\/\/[^\s.]+/.exec(words)?.[0] ?? '');

/** The next step after a failure; a general one when its message is not in the table. */
export const hintFor = (words: string): string =>
  knownHint(words) ?? 'see the cause; what was done is kept, and the next run continues from there';

/** Why a Docker host could not be reached; undefined when it was. */
export function connectTrouble(host: ReachableHost, { exitCode, stderr }: Said): WorldError | undefined {
  if (exitCode === 0 || !OPENING.test(stderr)) return undefined;
  const row = ROWS.find(({ says }) => says.test(stderr));
  const what = `Docker host '${host.key}' (${host.connect}) ${row?.what ?? 'does not answer'}`;
  return new WorldError(what, { cause: stderr.trim(), hint: (row?.hint ?? reach)(host.connect) });
}

/** Reasons why a command was not run inside a container. */
export type NotRun = 'off' | 'missing' | 'no command' | 'refused';

const DAEMON = /^Error response from daemon: |^Error: No such container: /m;

/** @returns why a command was not run inside a container; undefined when it was run, whatever its exit code */
export function notRun({ exitCode, stdout, stderr }: Said): NotRun | undefined {
  if (exitCode === 1 && DAEMON.test(stderr)) {
    if (/No such container: /i.test(stderr)) return 'missing';
    return /is not running|is restarting|is paused|not running/i.test(stderr) ? 'off' : 'refused';
  }
  // The daemon writes this to the command's own standard output, or newer ones to its standard error.
  const oci = /^OCI runtime exec failed: .*/m.exec(`${stdout}\n${stderr}`)?.[0];
  if (oci === undefined || (exitCode !== 126 && exitCode !== 127)) return undefined;
  return /stopped|not running|does not exist|deleted/.test(oci) && !/executable file|no such file/.test(oci) ? 'off' : 'no command';
}
