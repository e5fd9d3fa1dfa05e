import { type PlanOptions, planUp } from '../../docker/deploy/plan.js';
import type { StackSource } from '../../docker/deploy/stack.js';
import { certificatesIn } from '../../docker/deploy/terraform.js';
import { type UpOutcome, up } from '../../docker/deploy/up.js';
import type { Chosen } from '../../docker/deployed.js';
import type { Context, ExitCode } from '../command.js';
import { callFor, dockerStateOf } from '../place.js';
import { clientOf, dockerFabricOf } from '../running/docker.js';
import { installedBundle } from '../stack-source.js';
import { machineLines, type Target, type UpRequest } from './request.js';

export interface DockerOptions extends Chosen {
  readonly source: StackSource;
}

/** A city on Docker hosts. */
export function onDocker(context: Context, request: UpRequest, options: DockerOptions): Target {
  const common = commonOf(context, request, options);
  return { plan: () => planUp(common), up: () => upOnDocker(context, request, common) };
}

/** What `up` and its plan both take. */
function commonOf(context: Context, { city }: UpRequest, { source, image, registry, logDriver }: DockerOptions): PlanOptions {
  const { output, env } = context;
  return {
    state: dockerStateOf(context),
    source,
    client: clientOf(context),
    terraform: env.CITYDC_TERRAFORM,
    certificates: certificatesIn(env),
    path: env.PATH,
    city,
    chosen: {
      ...(image === undefined ? {} : { image }),
      ...(registry === undefined ? {} : { registry }),
      ...(logDriver === undefined ? {} : { logDriver }),
    },
    progress: (what, done, of) => output.progress(`${what} ${done}/${of}`),
    signal: context.interrupted(),
  };
}

/** Applies the stack of a city and waits until the city is well. */
async function upOnDocker(context: Context, request: UpRequest, common: PlanOptions): Promise<ExitCode> {
  const { output, env } = context;
  const outcome = await up({
    ...common,
    mirror: env.CITYDC_MIRROR,
    deadlineMs: request.deadlineMs,
    late: request.late,
    fabricOf: city => dockerFabricOf(context, city),
  });
  const { city, hosts, changes, seconds, late, machine } = outcome;
  output.result({ schema: 1, inventory: city.id, hosts, changes, seconds, late, machine }, summary(context, request, outcome));
  return late.length === 0 ? 0 : 3;
}

function summary(context: Context, { inventory, districts }: UpRequest, outcome: UpOutcome): string {
  const { city, hosts, changes, seconds, late } = outcome;
  const counts = Object.entries(changes).flatMap(([what, addresses]) =>
    addresses.length === 0 ? [] : [`${addresses.length} ${DID[what as keyof typeof DID]}`],
  );
  const call = callFor(context);
  // A bundle has but one city.
  const words = installedBundle() === undefined ? [inventory, ...(districts === '' ? [] : ['--districts', districts])] : [];
  const again = [call, 'up', ...words].join(' ');
  return [
    `${city.id} on ${city.dockerHosts.map(({ key, connect }) => `${key} (${connect})`).join(', ')}: ${hosts} hosts; ${
      counts.length === 0 ? 'nothing changed' : `resources: ${counts.join(', ')}`
    }; applied in ${seconds.apply.toFixed(1)} s`,
    ...late.map(({ check, detail }) => `late: ${check}: ${detail}`),
    ...machineLines(outcome),
    late.length === 0
      ? 'steady state: everything as it should be'
      : `next: \`${call} status\` shows what is late; \`${again}\` waits again`,
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
