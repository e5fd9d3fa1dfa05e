/** A system that is retired keeps its line in the section `aws`, as its number stays taken: no step of a handover needs it. */

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { load } from '../../../infra/city/load/load.js';
import { readInventory } from '../../../infra/city/load/read.js';
import { planHandover } from '../../../runbooks/handover/engine.js';
import { edit } from '../../added-office.js';
import { deployed } from '../../aws/deployments.js';
import { DAY } from '../../city/day.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { handover, ToyAws } from './toy-aws.js';

test('a retired system is in no step', async () => {
  const folder = temporaryFolder();
  cpSync('infra/city/inventory/can-tho-2022', folder, { recursive: true });
  edit(join(folder, 'city.yaml'), text => text.replace('    key: warehouse\n', '$&    validUntil: 2026-01-01\n'));
  const { city, primary, backup } = deployed(load(await readInventory(folder), DAY));
  expect(city.retired.systems).toHaveLength(1);
  const of = { ...handover('failover', 'backup'), city, from: primary, to: backup };
  const look = () => new ToyAws().cloud(handover('failover', 'backup')).look(new AbortController().signal);
  const plan = await planHandover(of, { look, perform: async () => 'taken' }, new AbortController().signal);
  expect(plan.find(({ step }) => step === 'start-applications')?.found).toMatch(/^no service for edoc-axis, (?!.*warehouse)/);
});
