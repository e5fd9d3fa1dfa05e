import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InventoryFiles } from '../../infra/city/load/files.js';
import { packageRoot } from '../../infra/city/load/read.js';
import { seeded } from '../../runbooks/proofs/seeded.js';

/** Offices behind an aggregation node, as in a country of 10,600 communes in 700 districts. */
const USUAL_OFFICES_EACH = 15;
const FIRST_NODE = 66;
const FIRST_OFFICE = 1000;
const CARRIERS = ['carrier-a', 'carrier-b', 'carrier-c'];

/**
 * An inventory of many offices under the larger address plan: sites, systems and flows of the shipped city, and as many aggregation
 * nodes and offices as requested, with lines of three carriers. Same numbers and seed, same bytes.
 */
export function largeInventory(offices: number, seed = 1, officesEach = USUAL_OFFICES_EACH): InventoryFiles {
  const nodeOf = (office: number): number => FIRST_NODE + Math.floor((office - FIRST_OFFICE) / officesEach);
  const random = seeded(seed);
  const nodes = Math.ceil(offices / officesEach);
  const numbersOf = (count: number, first: number) => Array.from({ length: count }, (_, index) => first + index);
  const nodeNumbers = numbersOf(nodes, FIRST_NODE);
  const officeNumbers = numbersOf(offices, FIRST_OFFICE);
  return {
    folder: '',
    contents: {
      'city.yaml': Buffer.from(cityYaml(nodeNumbers, offices)),
      'endpoints.csv': Buffer.from(
        table(
          ENDPOINT_COLUMNS,
          officeNumbers.map(number => officeRow(number, nodeOf(number))),
        ),
      ),
      'links.csv': Buffer.from(
        table(LINK_COLUMNS, [
          ...CORE,
          ...nodeNumbers.flatMap(number => uplinkRows(number, random)),
          ...officeNumbers.map(number => accessRow(number, nodeOf(number), random)),
        ]),
      ),
    },
  };
}

const shipped = (file: string): string => readFileSync(join(packageRoot(), 'infra', 'city', 'inventory', 'can-tho-2022', file), 'utf8');
const BASE = shipped('city.yaml');
const LINKS = shipped('links.csv').split('\n');
const LINK_COLUMNS = LINKS[0] ?? '';
const CORE = LINKS.filter(line => line.split(',')[1] === 'core');
const ENDPOINT_COLUMNS =
  'number,class,nameVi,nameEn,code,district,latitude,longitude,aggregation,videoPoints,users,peopleServed,hours,owner,phone,powerFeed,securityLevel,pcs,scanners,printers,ups,riskGroups,validFrom,validUntil,assumed';

const table = (columns: string, rows: readonly string[]): string => `${[columns, ...rows].join('\n')}\n`;

function cityYaml(nodes: readonly number[], offices: number): string {
  const nodeLines = nodes.map(
    number =>
      `  ${number}: { name: { vi: Nút ${number}, en: Node ${number} }, latitude: 10, longitude: 105.5, riskGroups: [building-n${number}] }`,
  );
  const groups = [
    ...nodes.map(number => `  building-n${number}: { kind: building, name: Building of n${number} }`),
    ...nodes.flatMap(number => uplinkNumbers(number).map(link => `  duct-l${link}: { kind: duct, name: Duct of l${link} }`)),
  ];
  const kept = BASE.split('\n')
    .filter(line => !/^ {2}(building-n|duct-l[1-9]\d)/.test(line))
    .join('\n');
  return section(kept, 'aggregations', nodeLines)
    .replace(/^riskGroups:$/m, ['riskGroups:', ...groups].join('\n'))
    .replace(/^accepted:[\s\S]*/m, 'accepted: []\n')
    .replace(
      /^ {2}handoffs:\n(?: {4}.*\n)*/m,
      `  routeTableQuota: ${QUOTA}\n  quotas: { vpns: ${nodes.length}, customerGateways: ${nodes.length} }\n  handoffs:\n${nodes.map(handoff).join('')}`,
    )
    .replace(
      /^plan:[\s\S]*?\n\n/m,
      `plan: { size: large, endpoints: 10.128.0.0/10, infrastructure: 10.96.0.0/12, ula: 'fd3e:91c7:5a20::/44' }\n\n`,
    )
    .replace(/^ {2}(endpoints|wards|videoPoints): \d+$/gm, `  $1: ${offices}`);
}

/** Routes of 10,000 offices: AWS raises its quota on request. */
const QUOTA = 50_000;
/** Every router has an address of its own in RFC 2544's range. */
const handoff = (node: number): string => `    ${node}: { kind: vpn, customerGateway: 198.19.${node >> 8}.${node & 255} }\n`;

/** Replaces the lines of one part of the file, up to the next part. */
const section = (yaml: string, name: string, lines: readonly string[]): string =>
  yaml.replace(new RegExp(`^${name}:\\n(?:  .*\\n|\\n)*`, 'm'), `${[`${name}:`, ...lines].join('\n')}\n\n`);

const officeRow = (number: number, node: number): string =>
  `${number},ward,Xã ${number},Commune ${number},,,,,n${node},1,20,10000,Mon-Fri 07:00-17:00,,,,2,20,1,4,1,,,,`;

const uplinkNumbers = (node: number): readonly [number, number] => [100 + 2 * node, 101 + 2 * node];

function uplinkRows(node: number, random: () => number): readonly string[] {
  const first = Math.floor(random() * CARRIERS.length);
  return uplinkNumbers(node).map(
    (link, index) =>
      `${link},uplink,n${node},s${index + 1},${CARRIERS[(first + index) % CARRIERS.length]},duct-l${link},1 Gbit/s,1 Gbit/s,1400,,,`,
  );
}

const accessRow = (office: number, node: number, random: () => number): string =>
  `${10_000 + office},access,e${office},n${node},${CARRIERS[Math.floor(random() * CARRIERS.length)]},,100 Mbit/s,100 Mbit/s,1400,,,`;
