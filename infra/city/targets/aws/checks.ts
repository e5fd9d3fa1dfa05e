import type * as z from 'zod';
import { asnOf } from '../../addresses.js';
import { overlaps, tryParseV4 } from '../../ip.js';
import { isActive } from '../../load/checks/elements.js';
import type { Draft } from '../../load/draft.js';
import { problemAt, type Section, type Sound, soundOf } from '../../load/entry.js';
import { listed, shown, wordHint } from '../../load/hint.js';
import type { Problem } from '../../problem.js';
import { FARGATE_MEMORY_GIB, GATEWAY_ASNS, isGatewayAsn } from './plan.js';
import { zonesIn } from './regions.js';
import type { aws } from './schema.js';

type Aws = Sound<z.output<typeof aws>>;

/** What the section `aws` says fits the rest of the inventory, and what AWS sells. */
export function checkAws(draft: Draft): readonly Problem[] {
  const { value } = draft.aws;
  if (value === undefined) return [];
  const entry: Aws = { ...draft.aws, value };
  return [
    ...checkSites(entry, draft),
    ...checkStage(entry),
    ...checkZones(entry),
    ...checkNotified(entry),
    ...checkExistingVpcs(entry, draft),
    ...checkContainers(entry),
    ...checkNumbered(entry, 'systems', draft.systems, 'system', () => true),
    ...checkHandoffs(entry, draft),
    ...checkAsns(entry),
  ];
}

/** The two data centres stand in two regions. */
function checkSites(aws: Aws, { sites }: Draft): readonly Problem[] {
  const needed = checkNumbered(aws, 'sites', sites, 'site', ({ role }) => role !== 'witness');
  const regions = Object.entries(aws.value.sites).map(([number, { region }]) => ({ number, region }));
  const same = regions.filter(({ region }, index) => regions.findIndex(other => other.region === region) < index);
  return [
    ...needed,
    ...same.map(({ number, region }) =>
      problemAt(
        aws,
        `sites.${number}.region`,
        'one-region-for-two-sites',
        `the region ${region} plays another site already`,
        'a region that fails would take both: choose another',
      ),
    ),
  ];
}

/** Everything numbered there exists, and everything active that must be there is. */
function checkNumbered<T>(
  aws: Aws,
  field: 'sites' | 'systems' | 'handoffs',
  section: Section<T>,
  what: string,
  isNeeded: (value: T) => boolean,
): readonly Problem[] {
  if (!section.complete) return [];
  const known = section.entries.map(({ key }) => key);
  const stated = Object.keys(aws.value[field]);
  return [
    ...stated
      .filter(number => !known.includes(number))
      .map(number => problemAt(aws, `${field}.${number}`, 'unknown-element', `there is no ${what} ${number}`, wordHint(number, known))),
    ...soundOf(section)
      .filter(entry => isActive(entry) && isNeeded(entry.value) && !stated.includes(entry.key))
      .map(({ key }) =>
        problemAt(aws, field, `missing-${field.slice(0, -1)}`, `the ${what} ${key} is not there`, `add '${key}:' with what it is on AWS`),
      ),
  ];
}

/** A trial locks nothing for ever. */
const checkStage = (aws: Aws): readonly Problem[] =>
  aws.value.stage === 'trial' && aws.value.recordsLock === 'compliance'
    ? [
        problemAt(
          aws,
          'recordsLock',
          'lock-in-a-trial',
          'found compliance in a trial: no one could delete what it keeps for 30 days',
          'take it out, or write stage: production',
        ),
      ]
    : [];

/** Every region has the zones that are used. */
const checkZones = (aws: Aws): readonly Problem[] =>
  Object.values(aws.value.sites)
    .filter(({ region }) => zonesIn(region) < aws.value.availabilityZones)
    .map(({ region }) =>
      problemAt(
        aws,
        'availabilityZones',
        'too-many-zones',
        `found ${aws.value.availabilityZones}, ${region} has ${zonesIn(region)}`,
        'use fewer, or another region',
      ),
    );

/** An address that is named twice would be written to twice. */
const checkNotified = (aws: Aws): readonly Problem[] =>
  aws.value.notify.flatMap((address, index) =>
    aws.value.notify.indexOf(address) === index
      ? []
      : [problemAt(aws, `notify.${index}`, 'duplicate-address', `${address} is already listed`, 'remove it')],
  );

function checkExistingVpcs(aws: Aws, { plan }: Draft): readonly Problem[] {
  const own =
    plan.value === undefined ? [] : (['endpoints', 'infrastructure'] as const).map(name => ({ name, cidr: plan.value?.[name] ?? '' }));
  return aws.value.existingVpcs.flatMap(({ cidr, what }, index) => {
    const field = `existingVpcs.${index}.cidr`;
    if (tryParseV4(cidr) === undefined)
      return [problemAt(aws, field, 'prefix', `found ${shown(cidr)}, expected an IPv4 prefix`, 'as 172.31.0.0/16')];
    return own
      .filter(each => tryParseV4(each.cidr) !== undefined && overlaps(each.cidr, cidr))
      .map(each =>
        problemAt(
          aws,
          field,
          'vpc-overlap',
          `${cidr} (${what}) overlaps ${each.cidr} of plan.${each.name}: packets for one would reach the other`,
          'keep that network apart from the city, or found the city on another base',
        ),
      );
  });
}

/** Processors and memory come in pairs. */
function checkContainers(aws: Aws): readonly Problem[] {
  const all = [
    ['monitor', aws.value.monitor] as const,
    ...Object.entries(aws.value.systems).map(([key, value]) => [`systems.${key}`, value] as const),
  ];
  return all.flatMap(([field, { vcpu, memoryGib }]) => {
    const sold = FARGATE_MEMORY_GIB.get(vcpu);
    if (sold === undefined)
      return [
        problemAt(
          aws,
          `${field}.vcpu`,
          'container-size',
          `found ${vcpu}: Fargate sells no such part`,
          `allowed: ${listed([...FARGATE_MEMORY_GIB.keys()].map(String))}`,
        ),
      ];
    if (sold.includes(memoryGib)) return [];
    return [
      problemAt(
        aws,
        `${field}.memoryGib`,
        'container-size',
        `found ${memoryGib}: Fargate does not sell it with ${vcpu} processors`,
        `allowed: ${listed(sold.map(String))}`,
      ),
    ];
  });
}

/** Every aggregation node reaches AWS somehow; an external may. */
function checkHandoffs(aws: Aws, { aggregations, externals }: Draft): readonly Problem[] {
  const places = { entries: [...aggregations.entries, ...externals.entries], complete: aggregations.complete && externals.complete };
  const isAggregation = new Set(aggregations.entries.map(({ value }) => value));
  return [
    ...checkNumbered<unknown>(aws, 'handoffs', places, 'aggregation node', value =>
      isAggregation.has(value as (typeof aggregations.entries)[number]['value']),
    ),
    ...Object.entries(aws.value.handoffs).flatMap(([number, handoff]) =>
      NEEDS[handoff.kind]
        .filter(field => handoff[field] === undefined)
        .map(field =>
          problemAt(
            aws,
            `handoffs.${number}`,
            'incomplete-handoff',
            `a hand-off of kind ${handoff.kind} needs '${field}'`,
            `add ${field}, or choose another kind`,
          ),
        ),
    ),
  ];
}
const NEEDS = { vpn: ['customerGateway'], 'direct-connect': ['connection', 'vlan'] } as const;

/** Gateways of AWS take private numbers only, and no two that meet have the same: BGP would take it for a loop. */
function checkAsns(aws: Aws): readonly Problem[] {
  const gateways = asnsOf(aws.value.sites, 'sites');
  const routers = asnsOf(aws.value.handoffs, 'handoffs');
  return [
    ...gateways
      .filter(({ asn }) => !isGatewayAsn(asn))
      .map(({ field, asn }) =>
        problemAt(
          aws,
          field,
          'asn-out-of-range',
          `found ${asn}, a transit gateway takes ${GATEWAY_ASNS.map(([first, last]) => `${first} to ${last}`).join(' or ')}`,
          "leave it out: the plan's is 4200000000 + the site's number",
        ),
      ),
    ...routers
      .filter(({ asn }) => RESERVED_ASNS.includes(asn))
      .map(({ field, asn }) =>
        problemAt(
          aws,
          field,
          'asn-out-of-range',
          `found ${asn}, which AWS keeps for itself`,
          'choose a private one: 64512 to 65534, or leave it out',
        ),
      ),
    ...twice([...gateways, ...routers]).map(({ field, asn, other }) =>
      problemAt(
        aws,
        field,
        'duplicate-asn',
        `found ${asn}, which ${other} has: BGP would take its routes for a loop`,
        'give each its own, or leave it out',
      ),
    ),
  ];
}
/** @see https://docs.aws.amazon.com/vpn/latest/s2svpn/cgw-options.html, and 23456 (RFC 6793) */
const RESERVED_ASNS: readonly number[] = [7224, 9059, 10_124, 17_943, 23_456];

interface StatedAsn {
  readonly field: string;
  readonly asn: number;
}

const asnsOf = (record: Readonly<Record<string, { readonly asn?: number | undefined }>>, name: string): readonly StatedAsn[] =>
  Object.entries(record).map(([number, { asn }]) => ({ field: `${name}.${number}.asn`, asn: asn ?? asnOf(Number(number)) }));

const twice = (stated: readonly StatedAsn[]): readonly (StatedAsn & { readonly other: string })[] =>
  stated.flatMap((each, index) => {
    const other = stated.slice(0, index).find(({ asn }) => asn === each.asn);
    return other === undefined ? [] : [{ ...each, other: other.field.replace(/\.asn$/, '') }];
  });
