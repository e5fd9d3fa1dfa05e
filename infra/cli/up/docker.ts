import type { StackSource } from '../../docker/deploy/stack.js';
import { type UpOutcome, up } from '../../docker/deploy/up.js';
import type { Context, ExitCode } from '../command.js';
import { callFor, dockerStateOf } from '../place.js';
import { clientOf, dockerFabricOf } from '../running/docker.js';
import type { UpRequest } from './request.js';

export interface DockerOptions {
  readonly source: StackSource;
  readonly image?: string;
  readonly registry: string;
  readonly logDriver?: string;
}

/** `citydc --fabric docker up`: applies the stack of a city and waits until the city is well. */
export async function upOnDocker(context: Context, request: UpRequest, options: DockerOptions): Promise<ExitCode> {
  const { output, env } = context;
  const state = dockerStateOf(context);
  const outcome = await up({
    state,
    source: options.source,
    client: clientOf(context),
    terraform: env.CITYDC_TERRAFORM,
    path: env.PATH,
    mirror: env.CITYDC_MIRROR,
    image: options.image,
    variables: { registry: options.registry, ...(options.logDriver === undefined ? {} : { log_driver: options.logDriver }) },
    deadlineMs: request.deadlineMs,
    progress: (what, done, of) => output.progress(`${what} ${done}/${of}`),
    late: request.late,
    fabricOf: city => dockerFabricOf(context, city),
    signal: context.interrupted(),
  });
  const { city, hosts, changes, seconds, late } = outcome;
  output.result({ schema: 1, inventory: city.id, hosts, changes, seconds, late }, summary(context, outcome));
  return late.length === 0 ? 0 : 3;
}

function summary(context: Context, { city, hosts, changes, seconds, late }: UpOutcome): string {
  const counts = Object.entries(changes).flatMap(([what, addresses]) =>
    addresses.length === 0 ? [] : [`${addresses.length} ${DID[what as keyof typeof DID]}`],
  );
  const call = callFor(context);
  return [
    `${city.id} on ${city.dockerHosts.map(({ key, connect }) => `${key} (${connect})`).join(', ')}: ${hosts} hosts; ${
      counts.length === 0 ? 'nothing changed' : `resources: ${counts.join(', ')}`
    }; applied in ${seconds.apply.toFixed(1)} s`,
    ...late.map(({ check, detail }) => `late: ${check}: ${detail}`),
    late.length === 0
      ? 'steady state: everything as it should be'
      : `next: \`${call} status\` shows what is late; \`${call} up\` waits again`,
    '',
    ...(late.length > 0
      ? []
      : [
          'Try next:',
          `  ${call} status`,
          `  ${call} exec s1-router1 -- vtysh -c 'show bgp summary'`,
          `  ${call} drill run site-loss`,
          `  ${call} down                keeps data, secrets and image; --data takes the data, too`,
          '',
        ]),
  ].join('\n');
}

const DID = { create: 'created', update: 'changed in place', replace: 'replaced', destroy: 'destroyed' } as const;
