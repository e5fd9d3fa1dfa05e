/** 2022 → 2025: what the law changed in the city, and what it did not change in the network. */

import { expect, test } from 'vitest';
import { checkCity } from '../../infra/city/check.js';
import { diffCities } from '../../infra/city/diff/diff.js';
import { load, loadLocated } from '../../infra/city/load/load.js';
import { readInventory } from '../../infra/city/load/read.js';
import { type City, farEnd, type Link } from '../../infra/city/model.js';
import { DAY } from './day.js';

const before = load(await readInventory('can-tho-2022'), DAY);
const { city: after, locate } = loadLocated(await readInventory('can-tho-2025'), DAY);
const difference = diffCities(before, after);

const ofClass = ({ endpoints }: City, kind: string) => endpoints.filter(({ class: is }) => is === kind);
const numbersByCode = (city: City) => new Map(ofClass(city, 'ward').map(({ code, number }) => [code, number]));
const numbersByName = (city: City, kind: string) => new Map(ofClass(city, kind).map(({ name, number }) => [name.vi, number]));
const accessLinks = ({ links }: City, number: number): readonly Link[] =>
  links.filter(({ kind, ends }) => kind === 'access' && ends[0] === number);

/** The 32 units of the old city (resolution 1668/NQ-UBTVQH15), by code; each code was one of the 83 of 2022. */
const OLD_CITY = [
  ...['31120', '31135', '31147', '31150', '31153', '31157', '31162', '31168', '31174', '31183', '31186', '31201', '31207', '31213'],
  ...['31217', '31228', '31231', '31232', '31237', '31246', '31249', '31255', '31258', '31261', '31264', '31273', '31282', '31288'],
  ...['31294', '31299', '31309', '31315'],
];

const KEPT_DEPARTMENTS = [
  'Văn phòng UBND thành phố',
  'Sở Nội vụ',
  'Sở Tư pháp',
  'Sở Tài chính',
  'Sở Công Thương',
  'Sở Xây dựng',
  'Sở Khoa học và Công nghệ',
  'Sở Giáo dục và Đào tạo',
  'Sở Y tế',
  'Sở Văn hóa, Thể thao và Du lịch',
  'Sở Ngoại vụ',
  'Thanh tra thành phố',
];
const SUCCESSORS = { 'Sở Nông nghiệp và Môi trường': 'Sở Nông nghiệp và Phát triển nông thôn', 'Sở Dân tộc và Tôn giáo': 'Ban Dân tộc' };
const RETIRED_DEPARTMENTS = [
  'Sở Kế hoạch và Đầu tư',
  'Sở Giao thông vận tải',
  'Sở Tài nguyên và Môi trường',
  'Sở Thông tin và Truyền thông',
  'Sở Lao động - Thương binh và Xã hội',
];

test('103 units, 135 offices, 127 video points, and no problem that is not accepted', () => {
  const { problems, counts, assumed } = checkCity(after, '2026-12-01', locate);
  expect(problems).toEqual([]);
  expect(counts).toMatchObject({ ward: 103, district: 0, department: 14, agency: 3, party: 9, 'socio-political': 6 });
  expect(counts).toMatchObject({ endpoints: 135, 'video points': 127, 'aggregation nodes': 22 });
  expect(ofClass(after, 'ward').every(({ videoPoints }) => videoPoints === 1)).toBe(true);
  expect(after.endpoints.every(office => office.district === undefined && office.assumed.length > 0)).toBe(true);
  expect(assumed.links).toBe(after.links.length);
});

test('each of the 32 units of the old city has the number that had its code, its node and its line', () => {
  const [was, is] = [numbersByCode(before), numbersByCode(after)];
  expect([...is.keys()].filter(code => was.has(code))).toEqual(OLD_CITY.toSorted((a, b) => (is.get(a) ?? 0) - (is.get(b) ?? 0)));
  for (const code of OLD_CITY) {
    const [old, now] = [before, after].map(({ endpoints }) => endpoints.find(({ number }) => number === was.get(code)));
    expect(now).toMatchObject({ code, number: old?.number, aggregation: old?.aggregation });
    expect(accessLinks(after, old?.number ?? 0)).toEqual(accessLinks(before, old?.number ?? 0));
  }
});

test('a name moves with its unit, not with its number', () => {
  const tanAn = (city: City) => ofClass(city, 'ward').find(({ name }) => name.vi === 'UBND phường Tân An');
  expect([tanAn(before), tanAn(after)]).toMatchObject([
    { number: 82, code: '31135' },
    { number: 85, code: '31147' },
  ]);
});

test('twelve departments keep number and name, two keep the number of what they succeed, five are retired', () => {
  const [was, is] = [numbersByName(before, 'department'), numbersByName(after, 'department')];
  for (const name of KEPT_DEPARTMENTS) expect(is.get(name)).toBe(was.get(name));
  for (const [name, predecessor] of Object.entries(SUCCESSORS)) expect(is.get(name)).toBe(was.get(predecessor));
  expect([...is.keys()].toSorted()).toEqual([...KEPT_DEPARTMENTS, ...Object.keys(SUCCESSORS)].toSorted());
  const gone = [...was].filter(([, number]) => !new Set(is.values()).has(number));
  expect(gone.map(([name]) => name)).toEqual(RETIRED_DEPARTMENTS);
  expect(after.retired.elements).toEqual(expect.arrayContaining(gone.map(([, number]) => number)));
});

test('districts and their Party committees are retired; every other body stays as it is', () => {
  const bodies = (city: City) => ['agency', 'party', 'socio-political'].flatMap(kind => ofClass(city, kind));
  expect(bodies(after)).toEqual(bodies(before).filter(({ district }) => district === undefined));
  const gone = [...ofClass(before, 'district'), ...bodies(before).filter(({ district }) => district !== undefined)];
  expect(gone).toHaveLength(18);
  expect(after.retired.elements).toEqual(expect.arrayContaining(gone.map(({ number }) => number)));
});

test('the 71 units from Hậu Giang and Sóc Trăng have new numbers behind new nodes, the nearest ones', () => {
  const used = Math.max(...before.endpoints.map(({ number }) => number));
  const newNodes = after.aggregations.filter(({ number }) => number > used);
  const newOffices = after.endpoints.filter(({ number }) => number > used);
  expect([newNodes.length, newOffices.length]).toEqual([12, 71]);
  for (const { latitude = 0, longitude = 0, aggregation, assumed } of newOffices) {
    const distance = (node: { readonly latitude: number; readonly longitude: number }) =>
      Math.hypot(node.latitude - latitude, (node.longitude - longitude) * Math.cos((9.7 * Math.PI) / 180));
    expect(newNodes.toSorted((a, b) => distance(a) - distance(b))[0]?.number).toBe(aggregation);
    expect(assumed).toContain('aggregation');
  }
  for (const node of newNodes) {
    const uplinks = after.links.filter(({ kind, ends }) => kind === 'uplink' && ends[0] === node.number);
    expect(uplinks.map(link => farEnd(link, node.number))).toEqual([1, 2]);
    expect(new Set(uplinks.map(({ carrier }) => carrier)).size).toBe(2);
  }
});

test('lines of new offices are numbered as those of 2022 are: access by the office, Internet 1000 more', () => {
  for (const city of [before, after])
    for (const { kind, ends, number } of city.links) {
      if (kind === 'access') expect(number).toBe(ends[0]);
      if (kind === 'internet') expect(number).toBe(1000 + ends[0]);
    }
});

test('the difference: who is added, retired, renamed; no office is re-homed; no address of what stays changes', () => {
  const { offices, nodes, links, addresses, numbers } = difference;
  const counts = [offices.added, offices.retired, offices.renamed, offices.rehomed, nodes.added, nodes.retired];
  expect(counts.map(({ length }) => length)).toEqual([71, 74, 17, 0, 12, 0]);
  // a line an office each way, and an Internet line a ward; two uplinks a node
  expect([links.added.length, links.retired.length, links.changed.length]).toEqual([71 * 2 + 12 * 2, 74 + 51, 0]);
  expect(numbers).toEqual({ reused: [], forgotten: [], swapped: [] });
  expect(addresses.changed).toEqual([]);
  // four segments and a loopback of 64 offices, 15 other loopbacks, two ends of 124 lines, ten services, three LANs
  expect(addresses.compared).toBe(64 * 5 + 15 + 124 * 2 + 10 + 3);
});
