/** What is no problem of a design, and good to know: lines that carry nothing yet, names that stand twice, places that look wrong. */

import { grouped } from './grouped.js';
import { type City, type Endpoint, farEnd, linkName, nodeName, nodesOf, pathOf } from './model.js';
import { firstAccessLinks } from './routing/prediction.js';
import type { Finding } from './rules/finding.js';

/** All notes on a city, in the order of the inventory. */
export const notesOn = (city: City): readonly Finding[] => [...idleLines(city), ...namesTwice(city), ...strangePlaces(city)];

/** Lines that may be in an inventory, and over which nothing goes: who pays for one must not count on it. */
function idleLines(city: City): readonly Finding[] {
  const [first, nodes] = [firstAccessLinks(city), nodesOf(city)];
  const witness = city.sites.find(({ role }) => role === 'witness')?.number;
  return city.links.flatMap((link): readonly Finding[] => {
    const { kind, number, ends } = link;
    const note = (message: string, hint: string): Finding => ({ rule: 'line-carries-nothing', path: `links.${number}`, message, hint });
    if (kind === 'access') {
      const office = ends.find(end => nodes.get(end)?.kind === 'endpoint');
      const used = office === undefined ? undefined : first.get(office);
      if (used === undefined || used === link) return [];
      return [
        note(
          `${linkName(link)} is a further access line of e${office}: its traffic goes over ${linkName(used)} alone, and nothing over this one`,
          'do not count on it yet: an office has one fixed route, over the first of its access lines',
        ),
      ];
    }
    if (kind !== 'uplink' || witness === undefined || !ends.includes(witness)) return [];
    const node = nodes.get(farEnd(link, witness));
    return [
      note(
        `${linkName(link)} leads from ${node === undefined ? 'a node' : nodeName(node)} to the witness, which passes nothing on: no traffic of offices goes over it`,
        'lead it to a data centre',
      ),
    ];
  });
}

/** Commands take a name where it is unique. */
const namesTwice = ({ endpoints }: City): readonly Finding[] =>
  [...grouped(endpoints, ({ name }) => [name.vi])]
    .filter(([, same]) => same.length > 1)
    .map(([name, same]) => ({
      rule: 'name-stands-twice',
      path: same.map(pathOf).at(-1) ?? '',
      message: `${same.map(nodeName).join(' and ')} have the same name, '${name}'`,
      hint: 'use their numbers or codes in commands; if they are one office, remove one',
    }));

type Placed = Endpoint & { readonly latitude: number; readonly longitude: number };

/** Far from where all others are, and so probably a slip: 0,0, a digit too many. */
function strangePlaces({ endpoints }: City): readonly Finding[] {
  const placed = endpoints.filter((office): office is Placed => office.latitude !== undefined && office.longitude !== undefined);
  if (placed.length < FEW) return [];
  const middle = { latitude: median(placed.map(({ latitude }) => latitude)), longitude: median(placed.map(({ longitude }) => longitude)) };
  const far = Math.max(NEAR_KM, WIDE * median(placed.map(office => distanceKm(office, middle))));
  return placed
    .map(office => ({ office, km: Math.round(distanceKm(office, middle)) }))
    .filter(({ km }) => km > far)
    .map(({ office, km }) => ({
      rule: 'place-is-far',
      path: pathOf(office),
      message: `${nodeName(office)} is at ${office.latitude}, ${office.longitude}: ${km} km from the middle of all offices, farther than ${Math.round(far)} km`,
      hint: 'correct latitude (degrees north) and longitude (degrees east), or leave both empty',
    }));
}
/** With fewer, far from the others means nothing. */
const FEW = 5;
/** The city of 2025 reaches 80 km from its middle. */
const NEAR_KM = 150;
const WIDE = 5;

/** On a sphere, near enough over some hundred kilometres. */
function distanceKm(a: Pick<Placed, 'latitude' | 'longitude'>, b: Pick<Placed, 'latitude' | 'longitude'>): number {
  const KM_PER_DEGREE = 111.2;
  const east = (a.longitude - b.longitude) * Math.cos((b.latitude * Math.PI) / 180);
  return KM_PER_DEGREE * Math.hypot(a.latitude - b.latitude, east);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
