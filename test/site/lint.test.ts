/** Every rendered file judged by the program that will read it, in a throw-away root of its host. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../infra/site/host.js';
import { layoutOf } from '../../infra/site/layout.js';
import type { Lint } from '../../infra/site/program.js';
import { programsOf } from '../../infra/site/roles.js';
import { topologyOf } from '../../infra/site/topology.js';
import { skipUnless } from '../skips.js';
import { canTho } from './cities.js';
import { openRoom, type Room, whyNoRoom } from './room.js';

const SUITE = "the programs' own parsers";
const topology = topologyOf(canTho);
const layout = layoutOf(canTho);

/** All hosts of the sites; of the others, one of each kind: a ward has an Internet line, a department has none. */
const OTHERS = ['n66', 'n67', 'x64', 'x65', 'e131', 'e160'];
const machines = topology.machines.filter(({ name, node }) => node.kind === 'site' || OTHERS.includes(name));
const lintsOf = (name: string): readonly (Lint & { readonly words: string })[] => {
  const machine = machines.find(candidate => candidate.name === name);
  const lints = machine === undefined ? [] : programsOf(machine).flatMap(program => program.lints ?? []);
  return lints.map(lint => ({ ...lint, words: lint.command.join(' ') }));
};
const hostOf = (name: string): Host => {
  const host = layout.hosts.find(candidate => candidate.name === name);
  if (host === undefined) throw new Error(`there is no host ${name}`);
  return host;
};

describe.skipIf(skipUnless(SUITE, whyNoRoom()))(SUITE, () => {
  describe.each(machines.map(({ name }) => name))('%s', name => {
    let room: Room;
    beforeAll(async () => {
      room = await openRoom(hostOf(name));
    });
    afterAll(() => room?.close());

    test.each(lintsOf(name))('$words', async ({ command, refuses }) => {
      const { exitCode, output } = await room.run(command);
      expect(exitCode, output).toBe(0);
      if (refuses !== undefined) expect(output).not.toMatch(refuses);
    });
  });
});
