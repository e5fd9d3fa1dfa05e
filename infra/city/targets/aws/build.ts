import type * as z from 'zod';
import type { ElementNumber, SystemNumber } from '../../identity.js';
import type { AwsHandoff, AwsPlan } from './plan.js';
import type { aws } from './schema.js';

type Section = z.output<typeof aws>;

/** The section `aws` as the model has it: lists in order of number, without what is not active, though its lines may stay. */
export const awsOf = (
  { sites, systems, handoffs, account, ...rest }: Section,
  active: { readonly elements: ReadonlySet<number>; readonly systems: ReadonlySet<number> },
): AwsPlan => ({
  ...rest,
  account,
  sites: entries(sites)
    .filter(([number]) => active.elements.has(number))
    .map(([number, { region, asn }]) => ({ site: number as ElementNumber, region, asn })),
  systems: entries(systems)
    .filter(([number]) => active.systems.has(number))
    .map(([number, application]) => ({ system: number as SystemNumber, ...application })),
  handoffs: entries(handoffs)
    .filter(([number]) => active.elements.has(number))
    .map(([number, handoff]) => handoffOf(number as ElementNumber, handoff)),
});

function handoffOf(node: ElementNumber, { kind, customerGateway, connection, vlan, asn }: Section['handoffs'][string]): AwsHandoff {
  if (kind === 'vpn') return { kind, node, customerGateway: given(customerGateway), asn };
  return { kind, node, connection: given(connection), vlan: given(vlan), asn };
}

const entries = <T>(record: Readonly<Record<string, T>>): readonly (readonly [number, T])[] =>
  Object.entries(record)
    .map(([key, value]) => [Number(key), value] as const)
    .toSorted(([a], [b]) => a - b);

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a hand-off lacks what its kind needs, though no problem was reported');
  return value;
}
