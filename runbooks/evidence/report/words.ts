/** The report's words, Vietnamese first. Technical findings stay as the programs say them. */

import type { Family } from '../../../infra/city/addresses.js';
import type { Bilingual } from '../../../infra/city/identity.js';
import type { CriterionId } from '../../judge/criteria.js';
import type { Verdict } from '../../judge/verdict.js';

/** Headings and sentences of the report. */
export const WORDS = {
  report: { vi: 'Báo cáo diễn tập', en: 'Drill report' },
  verdict: { vi: 'Kết luận', en: 'Verdict' },
  doubt: { vi: 'Không nên dựa vào kết luận này', en: 'Not reliable' },
  run: { vi: 'Lần chạy', en: 'Run' },
  city: { vi: 'Thành phố', en: 'City' },
  target: { vi: 'Môi trường', en: 'Target' },
  started: { vi: 'Bắt đầu', en: 'Started' },
  etcdLeader: { vi: 'Nút dẫn đầu etcd trước sự cố', en: 'etcd’s leader before the fault' },
  unknownLeader: { vi: 'không đọc được', en: 'not known' },
  brokenOff: { vi: 'Dừng giữa chừng', en: 'Broken off' },
  what: { vi: 'Điều cần chứng minh', en: 'What it proves' },
  criteria: { vi: 'Tiêu chí', en: 'Criteria' },
  criterion: { vi: 'Tiêu chí', en: 'Criterion' },
  findings: { vi: 'Ghi nhận', en: 'Findings' },
  rto: { vi: 'Thời gian gián đoạn khi mất trung tâm chính (RTO), giây', en: 'Outage while the primary site was lost (RTO), seconds' },
  powerReturn: {
    vi: 'Gián đoạn khi có điện trở lại, trước khi chuyển về, giây',
    en: 'Outage while power returned, before the switchover, seconds',
  },
  failback: {
    vi: 'Gián đoạn khi chuyển về trung tâm chính theo kế hoạch, giây',
    en: 'Outage of the planned switchover back to the primary site, seconds',
  },
  later: {
    vi: 'Gián đoạn về sau: đã khôi phục mà không giữ được đến hết diễn tập, giây',
    en: 'Later outages: systems that had come back and did not stay good until the drill’s end, seconds',
  },
  informative: { vi: 'chỉ để tham khảo', en: 'for information' },
  rpo: { vi: 'Văn bản đã xác nhận mà bị mất (RPO)', en: 'Acknowledged writes that were lost (RPO)' },
  machine: { vi: 'Máy chạy thành phố chậm đến đâu', en: 'How late the machine was' },
  timelines: { vi: 'Dòng thời gian của cơ sở dữ liệu', en: 'Timelines of the database' },
  timeline: { vi: 'Diễn biến', en: 'What happened when' },
  system: { vi: 'Hệ thống', en: 'System' },
  objective: { vi: 'Mục tiêu', en: 'Objective' },
  worst: { vi: 'Lâu nhất', en: 'Worst' },
  acknowledged: { vi: 'Đã xác nhận', en: 'Acknowledged' },
  lost: { vi: 'Mất', en: 'Lost' },
  unknown: { vi: 'Không rõ (trong đó có mặt)', en: 'Unknown (of them there)' },
  failed: { vi: 'Bị từ chối', en: 'Refused' },
  skipped: { vi: 'Không gửi', en: 'Not sent' },
  writes: { vi: 'Số văn bản', en: 'Writes' },
  checked: { vi: 'đã kiểm tra', en: 'checked' },
  time: { vi: 'Thời điểm', en: 'Time' },
  sinceFault: { vi: 'Sau sự cố (giây)', en: 'Since the fault (s)' },
  event: { vi: 'Sự kiện', en: 'Event' },
  never: { vi: 'không khôi phục', en: 'never' },
  unmeasured: { vi: 'không đo được', en: 'not measured' },
  method: { vi: 'Cách đo', en: 'How it was measured' },
  rtoMethod: {
    vi: 'Gián đoạn tính từ thời điểm đến hạn của yêu cầu đầu tiên không được trả lời thành công trong 2 giây, đến câu trả lời kịp thời đầu tiên mà sau đó mọi yêu cầu trong 3 giây đều kịp thời. Gián đoạn bắt đầu sau khi đã hết thời hạn của sự kiện thì tính là gián đoạn về sau. Mỗi phường, xã tự gửi giao dịch thật trên kết nối mới, theo nhịp cố định.',
    en: 'An outage lasts from when the first request that did not succeed within two seconds was due, to the first prompt answer after which every request of the next 3 seconds was prompt. One that begins after an event’s objective has run out is a later outage. Every ward sends real transactions on fresh connections at a fixed pace.',
  },
  rpoMethod: {
    vi: 'Mỗi văn bản được ghi vào sổ của phường trước khi gửi. Văn bản bị mất là văn bản đã được xác nhận mà sau diễn tập không có trong cơ sở dữ liệu. Văn bản không rõ kết quả được đếm riêng.',
    en: 'Every write is in the ward’s ledger before it is sent. Lost is what was acknowledged and is not in the database afterwards. Writes of unknown outcome are counted apart.',
  },
  machineMethod: {
    vi: 'Trong suốt diễn tập, các chương trình canh đo xem máy giao bộ xử lý trễ bao lâu. Khi máy trễ quá mức trong lúc đo, kết quả đo đó là chưa kết luận được: không đạt và không trượt. Văn bản bị mất và hai dòng thời gian thì vẫn tính.',
    en: 'All through the drill sentinels measured how late the machine gave the processor. What was measured while it was later than its limit is inconclusive: neither passed nor failed. Lost writes and two timelines count all the same.',
  },
  canary: {
    vi: 'Các hệ thống được thay bằng chương trình canary; đường đi và cơ sở dữ liệu là thật.',
    en: 'The canary stands in for the systems’ own applications; the path and the database are the real ones.',
  },
  hash: {
    vi: 'Mã băm của bằng chứng nằm trong journal.jsonl; kiểm tra lại bằng',
    en: 'The digests of the evidence are in journal.jsonl; judge again with',
  },
} as const satisfies Record<string, Bilingual>;

/** The same in every language. */
export const FAMILY_WORDS = { v4: 'IPv4', v6: 'IPv6' } as const satisfies Record<Family, string>;

export const VERDICT_WORDS = {
  pass: { vi: 'ĐẠT', en: 'PASS' },
  fail: { vi: 'KHÔNG ĐẠT', en: 'FAIL' },
  inconclusive: { vi: 'CHƯA KẾT LUẬN ĐƯỢC', en: 'INCONCLUSIVE' },
  aborted: { vi: 'ĐÃ HỦY', en: 'ABORTED' },
} as const satisfies Record<Verdict, Bilingual>;

export const CRITERION_WORDS = {
  evidence: { vi: 'Bằng chứng còn nguyên vẹn', en: 'The evidence is whole' },
  coverage: { vi: 'Đo từ các phường, xã sau ít nhất năm nút tổng hợp', en: 'Measured from wards behind at least five aggregation nodes' },
  machine: { vi: 'Có đo độ trễ của máy trong suốt diễn tập', en: 'How late the machine was, was measured throughout' },
  fault: { vi: 'Sự cố có hiệu lực đến khi được gỡ bỏ theo kế hoạch', en: 'The fault was active until its rollback' },
  timelines: { vi: 'Không văn bản nào được xác nhận trên hai dòng thời gian', en: 'No write was acknowledged on two timelines' },
  restored: { vi: 'Thành phố trở lại trạng thái ổn định', en: 'The city came back to steady state' },
} as const satisfies Record<CriterionId, Bilingual>;

/** Kinds of moments in the report; one that is not here is shown as it is. */
export const MOMENT_WORDS: Readonly<Record<string, Bilingual>> = {
  precheck: { vi: 'Kiểm tra điều kiện', en: 'Preconditions are checked' },
  'steady-state': { vi: 'Kiểm tra trạng thái ổn định', en: 'Steady state is checked' },
  'start-clients': { vi: 'Khởi động giao dịch tại các phường, xã', en: 'Clients start in the wards' },
  baseline: { vi: 'Đo khi bình thường', en: 'Baseline' },
  inject: { vi: 'Gây sự cố', en: 'Fault injection' },
  'fault-begins': { vi: 'Cắt điện các máy', en: 'Power is cut; hosts' },
  'fault-active': { vi: 'Sự cố có hiệu lực', en: 'Fault active' },
  observe: { vi: 'Quan sát', en: 'Observation' },
  answered: { vi: 'Mọi hệ thống đã trả lời ổn định ở mọi nơi', en: 'Every system has been answering everywhere' },
  'not-answered': { vi: 'Hết thời hạn quan sát, còn chưa trả lời', en: 'Observation over; still not answering' },
  heal: { vi: 'Bắt đầu cấp điện lại', en: 'Power returns' },
  healed: { vi: 'Đã cấp điện lại', en: 'Power is back' },
  restore: { vi: 'Chờ các bản sao đồng bộ và đường đi trở lại', en: 'Waiting for copies and routes' },
  'switch-back': { vi: 'Chuyển quyền ghi về trung tâm chính', en: 'Switchover back to the primary' },
  switched: { vi: 'Đã chuyển quyền ghi', en: 'Switched over' },
  settle: { vi: 'Chờ trạng thái ổn định', en: 'Waiting for steady state' },
  steady: { vi: 'Trạng thái ổn định; số phép kiểm tra', en: 'Steady state; checks' },
  'stop-clients': { vi: 'Dừng giao dịch', en: 'Clients stop' },
  'end-clients': { vi: 'Dừng giao dịch còn sót', en: 'Left-over clients end' },
  collect: { vi: 'Thu thập bằng chứng', en: 'Evidence is collected' },
  'break-off': { vi: 'Bắt đầu hoàn tác', en: 'Rollback begins' },
  'broken-off': { vi: 'Dừng giữa chừng', en: 'Broken off' },
};
