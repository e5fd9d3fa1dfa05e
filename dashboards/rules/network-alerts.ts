import { select } from '../../agents/contract/metrics/select.js';
import type { Alert } from './alert.js';
import { NAMED, onlyOne, whenJudging, whenSpeaking, withOffice } from './states.js';

const named = (state: string): string =>
  `${whenSpeaking(state)} * on (node) group_left (name_vi, name_en, offices) ${onlyOne('node', select('citydc:node_info', NAMED))}`;
const nodeDown = (kind: string): string => named(`${select('citydc:node_state', { kind })} == 1`);
const TRUNK_DOWN = `${whenJudging(`${select('citydc:link_state', { kind: { like: 'core|uplink' } })} == 1`)} * on (link) group_left (carrier, offices) ${onlyOne('link', select('citydc:link_info', { carrier: { not: '' } }))}`;

/**
 * What is down in the network, the cause only: parents before children.
 *
 * Parents fire sooner than children and keep firing longer, because Alertmanager's inhibition needs the parent to be there.
 * A child that is behind a dead parent has state 2 and fires nothing; inhibition is for the moments in between.
 */
export const NETWORK_ALERTS: readonly Alert[] = [
  {
    name: 'SiteDown',
    expression: nodeDown('site'),
    for: '6s',
    keepFiringFor: '2m',
    severity: 'page',
    owner: 'platform',
    summary: { vi: 'Mất {{ $labels.name_vi }} ({{ $labels.node }})', en: '{{ $labels.name_en }} ({{ $labels.node }}) is down' },
    description: {
      vi: 'Bộ định tuyến của điểm này không trả lời; {{ $labels.offices }} đơn vị dựa vào nó. Hệ thống tự chuyển sang điểm còn lại.',
      en: 'Its router does not answer; {{ $labels.offices }} offices rely on it. What can move to the other site moves by itself.',
    },
  },
  {
    name: 'AggregationDown',
    expression: nodeDown('aggregation'),
    for: '6s',
    keepFiringFor: '20s',
    severity: 'page',
    owner: 'network',
    summary: {
      vi: '{{ $labels.name_vi }} ({{ $labels.node }}) bị cô lập: {{ $labels.offices }} đơn vị mất kết nối',
      en: '{{ $labels.name_en }} ({{ $labels.node }}) is isolated: {{ $labels.offices }} offices are cut off',
    },
    description: {
      vi: 'Không đường truyền nào tới nút này còn hoạt động, hoặc chính nút đã hỏng.',
      en: 'None of its uplinks works, or the node itself has failed.',
    },
  },
  {
    name: 'ExternalDown',
    expression: nodeDown('external'),
    for: '20s',
    keepFiringFor: '20s',
    severity: 'page',
    owner: 'network',
    summary: { vi: 'Mất {{ $labels.name_vi }} ({{ $labels.node }})', en: '{{ $labels.name_en }} ({{ $labels.node }}) is not reached' },
    description: {
      vi: 'Hệ thống không thuộc thành phố này không trả lời qua đường nào.',
      en: 'It is not ours, and it answers over none of the lines there.',
    },
  },
  {
    name: 'LinkDown',
    expression: TRUNK_DOWN,
    for: '8s',
    keepFiringFor: '10s',
    severity: 'page',
    owner: 'network',
    summary: {
      vi: 'Đường truyền {{ $labels.link }} tới {{ $labels.node }} ({{ $labels.carrier }}) mất; {{ $labels.offices }} đơn vị chỉ còn đường kia',
      en: 'Link {{ $labels.link }} to {{ $labels.node }} ({{ $labels.carrier }}) is down; {{ $labels.offices }} offices have one way left',
    },
    description: {
      vi: 'Đầu kia không trả lời qua chính đường này. Lưu lượng đã đi đường còn lại.',
      en: 'Its far end does not answer over this very line. Traffic has moved to the other one.',
    },
  },
  {
    name: 'EndpointDown',
    expression: withOffice(whenSpeaking(`${select('citydc:endpoint_state')} == 1`)),
    for: '8s',
    keepFiringFor: '10s',
    severity: 'page',
    owner: 'network',
    summary: {
      vi: '{{ $labels.name_vi }} ({{ $labels.endpoint }}) mất kết nối',
      en: '{{ $labels.name_en }} ({{ $labels.endpoint }}) is cut off',
    },
    description: {
      vi: 'Nút tổng hợp {{ $labels.node }} vẫn hoạt động: hỏng đường truyền của đơn vị, hoặc mất điện tại đơn vị.',
      en: "Its aggregation node {{ $labels.node }} works: either the office's line has failed or the office has no power.",
    },
  },
  {
    name: 'InternetLineDown',
    expression: withOffice(whenSpeaking(`${select('citydc:link_state', { kind: 'internet' })} == 1`)),
    for: '2m',
    severity: 'ticket',
    owner: 'offices',
    summary: {
      vi: 'Đường Internet {{ $labels.link }} của {{ $labels.name_vi }} ({{ $labels.endpoint }}) mất',
      en: 'The Internet line {{ $labels.link }} of {{ $labels.name_en }} ({{ $labels.endpoint }}) is down',
    },
    description: {
      vi: 'Đơn vị vẫn kết nối mạng truyền số liệu chuyên dùng, nhưng không ra được Internet.',
      en: 'The office is on the data network, but does not reach the Internet.',
    },
  },
];
