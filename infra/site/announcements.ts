/**
 * What each neighbour of a data centre's router may announce, read from the rendered configuration of its bgpd: exactly the prefixes that
 * the model gives it, in both families. An attacker who has taken over a node, a provider's router or the witness can announce nothing else.
 */

import { asnOf, FAMILIES, type Family } from '../city/addresses.js';
import type { Examined } from '../city/check.js';
import { formatV4, formatV6, parseV4, parseV6 } from '../city/ip.js';
import { type Node, nodeName } from '../city/model.js';
import type { Problem } from '../city/problem.js';
import { isDataCentre } from '../city/routing/policy.js';
import type { Rule } from '../city/rules/rule.js';
import { bgpdOf } from './programs/frr.js';
import { FRR_WORDS, ownPrefixes } from './programs/frr-policy.js';
import { type Machine, machinesOf, type Topology } from './topology.js';

const ANNOUNCEMENTS = {
  demands: 'a neighbour of a data centre can announce what it owns and nothing else',
  of: 'sessions of data centres with other neighbours, by family',
} as const satisfies Omit<Rule, 'examine'>;

/** Judges the rendered configuration of every router that passes routes on. */
export function examineAnnouncements(topology: Topology): Examined {
  const sessions = machinesOf(topology, 'router')
    .filter(({ node }) => isDataCentre(node))
    .flatMap(router => sessionsOf(topology, router, bgpdOf(topology, router.node)));
  return { rule: 'neighbours-announce-their-own', ...ANNOUNCEMENTS, cases: sessions.length, findings: sessions.flatMap(problemsOf) };
}

type Router = Pick<Machine, 'name' | 'node'>;

/** What one neighbour may announce over one session in one family, as the text says it, and what the model gives it. */
interface Session {
  readonly router: Router;
  readonly neighbour: Node;
  readonly taken: readonly string[];
  readonly owned: readonly string[];
}

/**
 * The sessions of a router in a configuration, but for those with another data centre, which passes on what it learnt.
 *
 * @param text of its bgpd, as FRR reads it
 */
export function sessionsOf(topology: Topology, router: Router, text: string): readonly Session[] {
  const owners = new Map([...topology.nodes.values()].map(node => [asnOf(node.number), node]));
  const neighbours = matches(text, /^ neighbor (\S+) remote-as (\d+)$/gm);
  return neighbours.flatMap(([address = '', asn]) => {
    const neighbour = owners.get(Number(asn));
    if (neighbour === undefined || isDataCentre(neighbour)) return [];
    return FAMILIES.map(family => ({
      router,
      neighbour,
      taken: takenFrom(family, text, address),
      owned: ownPrefixes(family, topology, neighbour),
    }));
  });
}

/** Prefixes that are taken from a neighbour; `any` where no policy, or one that requires no prefix or no path of its own, lets all through. */
function takenFrom(family: Family, text: string, address: string): readonly string[] {
  const { family: name, ip } = FRR_WORDS[family];
  const section = text.split(` address-family ${name} unicast\n`)[1]?.split(' exit-address-family')[0] ?? '';
  const map = matches(section, /^ {2}neighbor (\S+) route-map (\S+) in$/gm).find(([neighbour]) => neighbour === address)?.[1];
  if (map === undefined) return ['any'];
  return matches(text, /^route-map (\S+) permit \d+\n((?: .*\n)*)/gm)
    .filter(([each, body = '']) => each === map && !body.includes(` match ${other(ip)} address `))
    .flatMap(([, body = '']) => permitted(text, ip, body));
}

function permitted(text: string, ip: string, body: string): readonly string[] {
  const [, list] = new RegExp(`^ match ${ip} address prefix-list (\\S+)$`, 'm').exec(body) ?? [];
  if (list === undefined || !body.includes(' match as-path ONE-HOP\n')) return ['any'];
  return matches(text, /^(\S+) prefix-list (\S+) seq \d+ permit (.+)$/gm)
    .filter(([which, name]) => which === ip && name === list)
    .flatMap(([, , entry = '']) => prefixesIn(entry));
}

/** The prefixes that an entry permits, where it speaks of one length: `10.64.2.0/23 ge 24 le 24` is two. Any other entry is its own text. */
function prefixesIn(entry: string): readonly string[] {
  const [, address = '', from, length, most] = /^(\S+)\/(\d+) ge (\d+) le (\d+)$/.exec(entry) ?? [];
  const more = Number(length) - Number(from);
  if (length === undefined || length !== most || more > MOST_BITS) return [entry];
  return Array.from({ length: 2 ** more }, (_, index) => `${addressAfter(address, Number(length), index)}/${length}`);
}
/** No node has more offices in a row than the largest plan has. */
const MOST_BITS = 14;

/** The network address that comes so many networks of a length after another. */
function addressAfter(address: string, length: number, networks: number): string {
  const v6 = parseV6(address);
  if (v6 === undefined) return formatV4((parseV4(address) ?? 0) + networks * 2 ** (32 - length));
  const value = v6 + (BigInt(networks) << BigInt(128 - length));
  return formatV6(Array.from({ length: 8 }, (_, group) => Number((value >> BigInt(112 - 16 * group)) & 0xffffn)));
}

const other = (ip: string): string => (ip === 'ip' ? 'ipv6' : 'ip');
const matches = (text: string, pattern: RegExp): readonly (readonly string[])[] =>
  [...text.matchAll(pattern)].map(([, ...groups]) => groups);

function problemsOf({ router, neighbour, taken, owned }: Session): readonly Problem[] {
  const [own, open] = [new Set(owned), new Set(taken)];
  const foreign = [...open]
    .filter(prefix => !own.has(prefix))
    .map(prefix => `would take ${prefix} from ${nodeName(neighbour)}, which does not own it`);
  const refused = [...own]
    .filter(prefix => !open.has(prefix))
    .map(prefix => `would refuse ${prefix} from ${nodeName(neighbour)}, which owns it`);
  return [...foreign, ...refused].map(what => ({
    rule: 'neighbours-announce-their-own',
    path: `sites.${router.node.number}`,
    message: `${router.name} ${what}`,
    hint: 'the rendered policy is wrong (infra/site/programs/frr-policy.ts): report it, and do not bring this city up',
  }));
}
