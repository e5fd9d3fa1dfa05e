/** The 2022 inventory with Docker hosts of the tests' own, as an operator would edit it. */

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TestDockerHost {
  readonly key: string;
  readonly connect: string;
  readonly withoutTls?: string | undefined;
  readonly underlay: string;
  readonly sites: readonly number[];
}

/** @returns the folder, which is made */
export function dockerInventory(folder: string, hosts: readonly TestDockerHost[]): string {
  cpSync('infra/city/inventory/can-tho-2022', folder, { recursive: true });
  const path = join(folder, 'city.yaml');
  const text = readFileSync(path, 'utf8');
  const section = hosts.map(
    ({ key, connect, withoutTls, underlay, sites }) =>
      `  ${key}: { connect: "${connect}",${withoutTls === undefined ? '' : ` withoutTls: "${withoutTls}",`} underlay: ${underlay}, sites: [${sites.join(', ')}], assumed: ["*"] }\n`,
  );
  const edited = text.replace(/^dockerHosts:\n(?: .*\n)+/m, `dockerHosts:\n${section.join('')}`);
  if (edited === text) throw new Error('the inventory has no section of Docker hosts');
  writeFileSync(path, edited);
  return folder;
}
