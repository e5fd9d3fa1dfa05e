import type { Bilingual, SiteRole } from '../../../infra/city/identity.js';
import type { City, EndpointKind, LinkKind } from '../../../infra/city/model.js';

export const LINK_WORDS = {
  core: { vi: 'Đường trục', en: 'Core' },
  uplink: { vi: 'Đường lên trung tâm', en: 'Uplink' },
  access: { vi: 'Đường tới đơn vị', en: 'Access' },
  internet: { vi: 'Đường Internet riêng', en: 'Own Internet line' },
} as const satisfies Record<LinkKind, Bilingual>;

export const CLASS_WORDS = {
  ward: { vi: 'Phường, xã', en: 'Wards, communes' },
  district: { vi: 'Quận, huyện', en: 'Districts' },
  department: { vi: 'Sở, ngành', en: 'Departments' },
  agency: { vi: 'Cơ quan khác', en: 'Agencies' },
  party: { vi: 'Cơ quan Đảng', en: 'Party bodies' },
  'socio-political': { vi: 'Đoàn thể', en: 'Socio-political' },
} as const satisfies Record<EndpointKind, Bilingual>;

export const ROLE_WORDS = {
  primary: { vi: 'chính', en: 'primary' },
  backup: { vi: 'dự phòng', en: 'backup' },
  witness: { vi: 'chứng kiến', en: 'witness' },
} as const satisfies Record<SiteRole, Bilingual>;

export const WORDS = {
  layers: { vi: 'Mạng theo lớp', en: 'The network in layers' },
  map: { vi: 'Mạng trên bản đồ', en: 'The network on the map' },
  sites: { vi: 'Các điểm', en: 'Sites' },
  aggregation: { vi: 'Nút tổng hợp', en: 'Aggregation node' },
  aggregations: { vi: 'Nút tổng hợp và các đơn vị phía sau', en: 'Aggregation nodes and the offices behind them' },
  offices: { vi: 'đơn vị', en: 'offices' },
  lines: { vi: 'đường', en: 'lines' },
  placesAssumed: {
    vi: 'Vị trí của một số điểm, nút hoặc đơn vị chưa được xác nhận.',
    en: 'Places of some sites, nodes or offices are assumed.',
  },
  placeless: {
    vi: 'Đơn vị không có tọa độ là chấm dưới tên nút của mình.',
    en: 'Offices without coordinates are dots below the name of their node.',
  },
} as const satisfies Record<string, Bilingual>;

/** One line that says how large the city is. */
export const SIZE = {
  vi: ({ sites, aggregations, endpoints, links }) =>
    `${sites.length} điểm, ${aggregations.length} nút tổng hợp, ${endpoints.length} đơn vị, ${links.length} đường truyền`,
  en: ({ sites, aggregations, endpoints, links }) =>
    `${sites.length} sites, ${aggregations.length} aggregation nodes, ${endpoints.length} offices, ${links.length} links`,
} as const satisfies Record<keyof Bilingual, (city: City) => string>;

/**
 * Names without the words that all of them begin with: beside other aggregation nodes, `Nút tổng hợp Ô Môn` is `Ô Môn`.
 * One name alone stays as it is.
 */
export function shortNames(names: readonly string[]): readonly string[] {
  const words = names.map(name => name.split(' '));
  const [first = []] = words;
  const differs = first.findIndex((word, index) => words.some(other => other[index] !== word || index === other.length - 1));
  const shared = names.length < 2 ? 0 : Math.max(0, differs);
  return words.map(parts => parts.slice(shared).join(' '));
}
