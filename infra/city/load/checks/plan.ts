import { PLAN_SIZES, type PlanParameters } from '../../addresses.js';
import { overlaps, tryParseV4 } from '../../ip.js';
import type { Problem } from '../../problem.js';
import type { Draft } from '../draft.js';
import { type LoadedEntry, problemAt, soundOf } from '../entry.js';
import { shown } from '../hint.js';

/** Bits of the infrastructure base: links /14, loopbacks /16, services /16, site LANs /14. */
const INFRASTRUCTURE_BITS = 12;

/** The plan's bases are prefixes of exactly the plan's size, and no two prefixes of the inventory overlap. */
export function checkPlan({ plan, externals, dockerHosts }: Draft): readonly Problem[] {
  const { value } = plan;
  if (value === undefined) return [];
  const bases = [
    ...checkBase(plan, 'endpoints', value.endpoints, PLAN_SIZES[value.size].baseBits),
    ...checkBase(plan, 'infrastructure', value.infrastructure, INFRASTRUCTURE_BITS),
  ];
  return [...bases, ...checkUla(plan, value), ...checkOverlaps(plan, value, externals, dockerHosts)];
}

function checkBase(
  plan: LoadedEntry<PlanParameters>,
  field: 'endpoints' | 'infrastructure',
  cidr: string,
  bits: number,
): readonly Problem[] {
  const parsed = tryParseV4(cidr);
  if (parsed?.bits === bits) return [];
  const [rule, found] =
    parsed !== undefined && parsed.bits > bits
      ? ['address-base-too-small', `${cidr} is too small`]
      : ['address-base', `found ${shown(cidr)}`];
  return [
    problemAt(
      plan,
      field,
      rule,
      `${found}: this plan needs an IPv4 prefix of length ${bits}, without bits set past it`,
      `as ${EXAMPLES[bits]}`,
    ),
  ];
}
const EXAMPLES: Readonly<Record<number, string>> = { 10: '10.128.0.0/10', 11: '10.64.0.0/11', 12: '10.96.0.0/12' };

function checkUla(plan: LoadedEntry<PlanParameters>, { ula, size }: PlanParameters): readonly Problem[] {
  const { ulaBits } = PLAN_SIZES[size];
  const [, third = '', bits = ''] = /^fd[0-9a-f]{2}:[0-9a-f]{1,4}:([0-9a-f]{1,4})::\/(\d+)$/.exec(ula) ?? [];
  // a /44 ends inside the third group, whose last digit then names the kind of address
  if (Number(bits) === ulaBits && (ulaBits === 48 || /0$/.test(third))) return [];
  return [
    problemAt(
      plan,
      'ula',
      'address-base',
      `found ${shown(ula)}: this plan needs a unique local IPv6 prefix of length ${ulaBits}`,
      ula !== ula.toLowerCase()
        ? 'write it in small letters'
        : `three groups, random as RFC 4193 asks, as fd3e:91c7:${ulaBits === 48 ? '5a24' : '5a20'}::/${ulaBits}`,
    ),
  ];
}

function checkOverlaps(
  plan: LoadedEntry<PlanParameters>,
  { endpoints, infrastructure }: PlanParameters,
  externals: Draft['externals'],
  dockerHosts: Draft['dockerHosts'],
): readonly Problem[] {
  const stated = [
    { entry: plan, field: 'endpoints', cidr: endpoints },
    { entry: plan, field: 'infrastructure', cidr: infrastructure },
    ...soundOf(externals).flatMap(entry =>
      entry.value.prefixes.map((cidr, index) => ({ entry: entry as LoadedEntry<unknown>, field: `prefixes.${index}`, cidr })),
    ),
    ...underlaysOf(dockerHosts),
  ];
  const broken = stated.slice(2).filter(({ cidr }) => tryParseV4(cidr) === undefined);
  const sound = stated.filter(({ cidr }) => tryParseV4(cidr) !== undefined);
  return [
    ...broken.map(({ entry, field, cidr }) =>
      problemAt(entry, field, 'prefix', `found ${shown(cidr)}, expected an IPv4 prefix`, 'as 198.18.0.0/24'),
    ),
    ...sound.flatMap(({ entry, field, cidr }, index) =>
      sound
        .slice(0, index)
        .filter(other => overlaps(other.cidr, cidr))
        .map(other =>
          problemAt(
            entry,
            field,
            'prefix-overlap',
            `${cidr} overlaps ${other.cidr} of ${other.entry.path}.${other.field}`,
            'choose one outside it',
          ),
        ),
    ),
  ];
}

/** Docker hosts on one network share its prefix: then it is stated once for all of them. */
function underlaysOf(dockerHosts: Draft['dockerHosts']): readonly { entry: LoadedEntry<unknown>; field: string; cidr: string }[] {
  const first = new Map(
    soundOf(dockerHosts)
      .toReversed()
      .map(entry => [entry.value.device === undefined ? entry.key : entry.value.underlay, entry]),
  );
  return [...first.values()].map(entry => ({ entry, field: 'underlay', cidr: entry.value.underlay }));
}
