import type { City } from '../city/model.js';
import type { Caller, DownResult, PreparedUp, Realisation, UpResult, WantedCity } from '../fabric/realisation.js';
import type { Client } from './client.js';
import type { DockerPlanOptions } from './deploy/plan.js';
import { installedBundle, stackSource } from './deploy/source.js';
import type { DockerUpOutcome } from './deploy/up.js';
import type { Chosen } from './deployed.js';
import { type DockerState, dockerState } from './state-folder.js';

/** The realisation on Docker hosts. Its code is loaded when it is called. */
export function dockerRealisation(caller: Caller): Realisation {
  const state = dockerState(caller.state);
  return {
    drillsFolder: state.drills,
    open: async () => (await import('./open.js')).openDocker(state, clientOf(caller)),
    up: wanted => accept(caller, state, wanted),
    down: data => takeDown(caller, state, data),
  };
}

/** The Docker client as the operator chose it. */
const clientOf = ({ env }: Caller): Client => env.CITYDC_DOCKER || 'docker';

/** A bundle refuses what it does not take before anything is read: whether that is valid does not matter then. */
async function accept(caller: Caller, state: DockerState, wanted: WantedCity): Promise<PreparedUp> {
  const source = await stackSource({ ...wanted, image: wanted.image });
  const options = async (city: City): Promise<DockerPlanOptions> => ({
    ...(await commonOf(caller, state)),
    ...{ source, city, chosen: chosenOf(wanted) },
  });
  return {
    plan: async city => (await import('./deploy/plan.js')).planUp(await options(city)),
    up: async (city, deadlineMs) => bringUp(caller, wanted, await options(city), deadlineMs),
  };
}

const chosenOf = ({ image, registry, logDriver }: WantedCity): Chosen => ({
  ...(image === undefined ? {} : { image }),
  ...(registry === undefined ? {} : { registry }),
  ...(logDriver === undefined ? {} : { logDriver }),
});

/** What `up`, its plan and `down` take. */
async function commonOf(caller: Caller, state: DockerState) {
  const { certificatesIn } = await import('./deploy/terraform.js');
  const { env, progress } = caller;
  return {
    state,
    client: clientOf(caller),
    terraform: env.CITYDC_TERRAFORM,
    certificates: certificatesIn(env),
    path: env.PATH,
    progress,
    signal: caller.interrupted(),
  };
}

/** Applies the stack of a city and waits until the city is healthy. */
async function bringUp(caller: Caller, wanted: WantedCity, options: DockerPlanOptions, deadlineMs: number): Promise<UpResult> {
  const [{ up }, { dockedIn }, { dockerFabric }] = await Promise.all([
    import('./deploy/up.js'),
    import('./open.js'),
    import('./fabric.js'),
  ]);
  const fabricOf = (city: City) => dockerFabric(dockedIn(options.state, options.client, city));
  const outcome = await up({ ...options, mirror: caller.env.CITYDC_MIRROR, deadlineMs, late: caller.late, note: caller.note, fabricOf });
  const { city, hosts, changes, seconds, late, machine } = outcome;
  return {
    ...{ city, late, machine, pages: [], next: nextOf(caller.call), again: againWith(caller.call, wanted) },
    did: didIn(outcome),
    facts: { hosts, changes, seconds },
  };
}

function didIn({ city, hosts, changes, seconds }: DockerUpOutcome): string {
  const where = city.dockerHosts.map(({ key, connect }) => `${key} (${connect})`).join(', ');
  const counts = Object.entries(changes).flatMap(([what, addresses]) =>
    addresses.length === 0 ? [] : [`${addresses.length} ${DID[what as keyof typeof DID]}`],
  );
  const resources = counts.length === 0 ? 'nothing changed' : `resources: ${counts.join(', ')}`;
  return `${city.id} on ${where}: ${hosts} hosts; ${resources}; applied in ${seconds.apply.toFixed(1)} s`;
}

const DID = { create: 'created', update: 'changed in place', replace: 'replaced', destroy: 'destroyed' } as const;

/** A bundle has but one city. */
function againWith(call: string, { inventory, districts }: WantedCity): string {
  const words = installedBundle() === undefined ? [inventory, ...(districts === '' ? [] : ['--districts', districts])] : [];
  return [call, 'up', ...words].join(' ');
}

const nextOf = (call: string) =>
  [
    [`${call} status`, 'what is healthy and what is not'],
    [`${call} exec s1-router1 -- vtysh -c 'show bgp summary'`, 'a command inside a host'],
    [`${call} drill run site-loss`, 'lose the whole primary site and measure it'],
    [`${call} down`, 'keeps data, secrets and image; --data takes the data, too'],
  ] as const;

async function takeDown(caller: Caller, state: DockerState, data: boolean): Promise<DownResult> {
  const { down } = await import('./deploy/down.js');
  const kept = await down({ ...(await commonOf(caller, state)), plugins: installedBundle()?.plugins, data });
  const volumes = kept.length === 0 ? '' : `${kept.length} volumes keep its data (\`down --data\` takes them, too); `;
  return { facts: { kept }, did: `the city is down; ${volumes}image, secrets and drill evidence are kept` };
}
