import { select } from '../../agents/contract/metrics/select.js';
import type { Alert } from './alert.js';
import { whenSpeaking, withOffice } from './states.js';

/** What an office's agent says, or does not say. */
export const OFFICE_ALERTS: readonly Alert[] = [
  {
    name: 'AgentSilent',
    expression: withOffice(whenSpeaking(`${select('citydc:agent_fresh')} == 0 and on (endpoint) ${select('citydc:endpoint_state')} == 0`)),
    for: '30s',
    severity: 'ticket',
    owner: 'offices',
    summary: {
      vi: 'Chương trình giám sát của {{ $labels.name_vi }} ({{ $labels.endpoint }}) im lặng',
      en: 'The agent of {{ $labels.name_en }} ({{ $labels.endpoint }}) is silent',
    },
    description: {
      vi: 'Đơn vị vẫn kết nối nhưng không gửi số đo: tình trạng thiết bị ở đó không còn biết được.',
      en: 'The office answers but sends no samples: the state of its equipment is unknown.',
    },
  },
  {
    name: 'EquipmentMissing',
    expression: withOffice(whenSpeaking(`${select('citydc:equipment_missing')} > 0`)),
    for: '5m',
    severity: 'ticket',
    owner: 'offices',
    summary: {
      vi: '{{ $labels.name_vi }} ({{ $labels.endpoint }}) thiếu {{ $value }} thiết bị loại {{ $labels.kind }}',
      en: '{{ $labels.name_en }} ({{ $labels.endpoint }}) lacks {{ $value }} of kind {{ $labels.kind }}',
    },
    description: {
      vi: 'Danh mục ghi có thiết bị này nhưng chương trình giám sát không tìm thấy: hỏng, tắt, hoặc chưa được cấp.',
      en: 'The inventory lists it and the agent does not find it: broken, switched off, or never delivered.',
    },
  },
];
