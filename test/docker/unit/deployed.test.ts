import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { forgetDeployed, readDeployed, writeDeployed } from '../../../infra/docker/deployed.js';
import { TUNNELS } from '../../../infra/docker/seats.js';
import { type DockerState, dockerState } from '../../../infra/docker/state-folder.js';
import { recordFault } from '../../../infra/fabric/faults/store.js';
import { topologyOf } from '../../../infra/site/topology.js';
import { canTho } from '../../site/cities.js';
import { temporaryFolder } from '../../temporary-folder.js';

let state: DockerState;
beforeEach(() => {
  state = dockerState(temporaryFolder());
});
const DEPLOYED = { city: canTho, chosen: {}, applied: true };

test('what was deployed is read back as it was', async () => {
  await writeDeployed(state, DEPLOYED);
  const { schema, city } = await readDeployed(state);
  expect(schema).toBe(1);
  expect(topologyOf(city, TUNNELS).wires).toEqual(topologyOf(canTho, TUNNELS).wires);
});

test('before that there is none, and the next step is stated', async () =>
  expect(await readDeployed(state).catch(error => error)).toMatchObject({
    message: 'no city was deployed to Docker hosts from here',
    hint: expect.stringContaining('citydc --fabric docker up'),
  }));

test.each(['', '{"schema":1,', '{"schema":2,"city":{}}'])('%j is damaged', async text => {
  mkdirSync(dirname(state.city), { recursive: true });
  writeFileSync(state.city, text);
  expect((await readDeployed(state).catch(error => error)).message).toBe(`${state.city} cannot be read`);
});

test('with its stack go the city and its faults', async () => {
  await writeDeployed(state, DEPLOYED);
  await recordFault(state.faults, { fault: { do: 'cut', links: [] }, injectedAt: '', healBy: undefined, by: '', means: '' });
  await forgetDeployed(state);
  await forgetDeployed(state);
  expect((await readDeployed(state).catch(error => error)).message).toContain('no city');
});
