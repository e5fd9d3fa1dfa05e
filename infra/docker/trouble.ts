/** What the docker client says when Docker itself is the trouble, and not a command inside a host. Pure; words of docker 20.10 to 29. */

import type { DockerHost } from '../city/model.js';
import { WorldError } from '../city/problem.js';

export type Spoken = Pick<DockerHost, 'key' | 'connect'>;

/** What a docker command ended with. */
export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the client begins when it did not come as far as a container. */
const OPENING =
  /^(?:Cannot connect to the Docker daemon|failed to connect to the docker API|error during connect|(?:Got )?permission denied while trying to connect|Failed to initialize|unable to resolve docker endpoint|unable to parse docker host|Error response from daemon: client version|Client sent an HTTP request to an HTTPS server|Error response from daemon: Client sent an HTTP request)/im;

interface Row {
  readonly says: RegExp;
  readonly what: string;
  readonly hint: (host: Spoken) => string;
}

/** The first that fits. */
const ROWS: readonly Row[] = [
  {
    says: /permission denied while trying to connect/i,
    what: 'does not let this user in',
    hint: ({ connect }) => `run the command as root, or as a member of the group that owns ${connect.replace(/^\w+:\/\//, '')}`,
  },
  {
    says: /client version \S+ is too (?:old|new)/,
    what: 'and the docker client here speak no common API',
    hint: () =>
      'unset DOCKER_API_VERSION; else bring the older of the two up to date (20.10 or later), or name another client in CITYDC_DOCKER',
  },
  {
    says: /HTTP request to an HTTPS server|x509: |tls: |\.pem\b/i,
    what: 'cannot be spoken to over TLS',
    hint: () =>
      "set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem that the daemon's authority has signed",
  },
  { says: OPENING, what: 'does not answer', hint: host => `${REACHING[schemeOf(host)]}, or correct its \`connect\` in the inventory` },
];

const REACHING = {
  unix: 'start Docker there (systemctl start docker)',
  ssh: 'try it by hand: `ssh` to it and `docker version` there; its key must be known and ours in the agent',
  tcp: 'see whether the daemon listens there and what firewalls lie between',
} as const;

function schemeOf({ connect }: Spoken): keyof typeof REACHING {
  if (connect.startsWith('ssh:')) return 'ssh';
  return connect.startsWith('tcp:') ? 'tcp' : 'unix';
}

/** Why a Docker host could not be spoken to; undefined when it was. */
export function connectTrouble(host: Spoken, { exitCode, stderr }: Said): WorldError | undefined {
  if (exitCode === 0 || !OPENING.test(stderr)) return undefined;
  const row = ROWS.find(({ says }) => says.test(stderr));
  return row && new WorldError(`Docker host '${host.key}' (${host.connect}) ${row.what}`, { cause: stderr.trim(), hint: row.hint(host) });
}

/** Why a command was not run inside a container; undefined when it was, however it ended. */
export type NotRun = 'off' | 'missing' | 'no command' | 'refused';

const DAEMON = /^Error response from daemon: |^Error: No such container: /m;

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
