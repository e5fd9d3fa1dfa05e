/** The page's words, Vietnamese first. Reasons, owners and names are the inventory's own and stay as they were written there. */

import type { LossWords, LostKind } from '../../../infra/city/failures/losses.js';
import type { Bilingual, Language } from '../../../infra/city/identity.js';
import type { ElementClass } from '../../../infra/city/routing/failure.js';
import type { RuleName } from '../../../infra/city/rules/names.js';

export const WORDS = {
  title: { vi: 'Kiểm tra thiết kế', en: 'Design check' },
  languages: { vi: 'Ngôn ngữ', en: 'Language' },
  checkedOn: { vi: 'Kiểm tra cho ngày', en: 'Checked for' },
  inventory: { vi: 'Bộ dữ liệu', en: 'Inventory' },
  clean: { vi: 'Không có vấn đề nào', en: 'No problems' },
  problems: { vi: 'vấn đề', en: 'problems' },
  oneProblem: { vi: 'vấn đề', en: 'problem' },
  cleanBut: {
    vi: 'Mọi phát hiện đều đã được chấp nhận có thời hạn, có lý do và người chịu trách nhiệm.',
    en: 'Every finding is accepted until a day, with a reason and an owner.',
  },
  cleanWhole: { vi: 'Không quy tắc nào phát hiện điều gì.', en: 'No rule has found anything.' },
  toRepair: {
    vi: 'Cần sửa thiết kế, hoặc chấp nhận có thời hạn, trước khi chi tiền.',
    en: 'Repair the design, or accept them until a day, before anyone pays for it.',
  },
  acceptedFindings: { vi: 'phát hiện đã được chấp nhận', en: 'accepted findings' },
  assumedFacts: { vi: 'số liệu giả định, chưa ai xác nhận', en: 'assumed facts, not confirmed' },
  singleCases: { vi: 'phần tử cho hỏng lần lượt', en: 'elements failed one by one' },
  doubleCases: { vi: 'cặp phần tử hỏng cùng lúc', en: 'pairs failed together' },
  map: { vi: 'Bản đồ: phần tử nào hỏng thì mất gì', en: 'Map: what is lost when an element fails' },
  mapHint: {
    vi: 'Chỉ hoặc bấm vào một phần tử để xem điều gì xảy ra khi nó hỏng; các đơn vị bị ảnh hưởng được khoanh lại.',
    en: 'Point at an element, or click it, to see what its failure does; the offices that it takes down are ringed.',
  },
  harmless: {
    vi: 'Hỏng riêng phần tử này không làm đơn vị nào khác mất hệ thống.',
    en: 'Its failure alone takes no system from any other office.',
  },
  takesOne: { vi: 'hỏng thì 1 đơn vị mất hệ thống', en: 'its failure takes 1 office down' },
  takesSome: { vi: 'từ 2 đến', en: 'from 2 to' },
  takesMany: { vi: 'từ', en: 'from' },
  orMore: { vi: 'đơn vị trở lên', en: 'offices or more' },
  offices: { vi: 'đơn vị', en: 'offices' },
  tightLine: { vi: 'đường truyền đầy quá 70 %', en: 'line fuller than 70 %' },
  unaccepted: { vi: 'vấn đề chưa được chấp nhận', en: 'problem, not accepted' },
  findings: { vi: 'Vấn đề', en: 'Problems' },
  noProblems: { vi: 'Không có vấn đề nào chưa được chấp nhận.', en: 'There is no unaccepted problem.' },
  accepted: { vi: 'Đã chấp nhận', en: 'Accepted' },
  noneAccepted: { vi: 'Không có phát hiện nào được chấp nhận.', en: 'No finding is accepted.' },
  nextStep: { vi: 'Việc cần làm', en: 'Next step' },
  reason: { vi: 'Lý do', en: 'Reason' },
  owner: { vi: 'Người chịu trách nhiệm', en: 'Owner' },
  until: { vi: 'Đến ngày', en: 'Until' },
  element: { vi: 'Phần tử', en: 'Element' },
  follows: { vi: 'Hậu quả', en: 'What follows' },
  doubles: { vi: 'Hai phần tử hỏng cùng lúc', en: 'Two failures at once' },
  doublesNote: {
    vi: 'Để tham khảo: thiết kế chịu được mọi cặp hỏng hóc là một thiết kế khác, đắt hơn. Chỉ nêu những gì hai phần tử cùng làm mất mà từng phần tử riêng thì không.',
    en: 'For information: a design that survives any two failures is another, dearer one. Only what both together cut and neither alone is listed.',
  },
  pairs: { vi: 'Số cặp', en: 'Pairs' },
  forExample: { vi: 'Chẳng hạn', en: 'For example' },
  allEffects: { vi: 'Tất cả hậu quả, với mọi cặp', en: 'All effects, with every pair' },
  noDoubles: { vi: 'Không cặp nào làm mất thêm điều gì.', en: 'No pair cuts what neither alone cuts.' },
  writers: { vi: 'Khi nào không nơi nào được ghi', en: 'When no site may write' },
  writersNote: {
    vi: 'Theo thiết kế: thà không ghi còn hơn ghi ở hai nơi. Trong các trường hợp này dữ liệu chỉ đọc được hoặc phải chờ.',
    en: 'As intended: better no writer than two. In these cases data can be read at best, and writes wait.',
  },
  noWriters: { vi: 'Không có trường hợp nào như vậy.', en: 'There is no such case.' },
  cases: { vi: 'Số trường hợp', en: 'Cases' },
  because: { vi: 'Vì sao', en: 'Why' },
  are: { vi: 'hỏng', en: 'are down' },
  parted: { vi: 'các điểm bị chia cắt', en: 'the sites are parted' },
  allCases: { vi: 'Tất cả trường hợp', en: 'All cases' },
  capacity: { vi: 'Dung lượng đường truyền', en: 'Capacity of the lines' },
  capacityNote: {
    vi: 'Tải vào giờ cao điểm hoặc ban đêm, lấy mức lớn hơn; nặng nhất là trường hợp xấu nhất khi một phần tử bất kỳ hỏng. Nhu cầu là giả định cho tới khi được đo.',
    en: 'Load in the busy hour or at night, whichever is greater; worst is the worst case of any single failure. Demand is assumed until it is measured.',
  },
  normal: { vi: 'bình thường', en: 'normal' },
  worst: { vi: 'nặng nhất', en: 'worst' },
  line: { vi: 'Đường truyền', en: 'Line' },
  rate: { vi: 'Tốc độ', en: 'Rate' },
  used: { vi: 'Mức đầy', en: 'Used' },
  down: { vi: 'Khi hỏng', en: 'While down' },
  whileDown: { vi: 'khi hỏng', en: 'while down:' },
  nothingDown: { vi: 'khi không có gì hỏng', en: 'while nothing is down' },
  nothing: { vi: 'không có gì', en: 'nothing' },
  fullIn: { vi: 'đầy vào năm', en: 'full in' },
  fullYear: { vi: 'Năm đầy', en: 'Full in' },
  fullNow: { vi: 'đã quá tải', en: 'full today' },
  never: { vi: 'không', en: 'never' },
  growth: { vi: 'nhu cầu tăng mỗi năm', en: 'demand grows, a year' },
  allLines: { vi: 'Mọi chiều của mọi đường truyền', en: 'Every direction of every line' },
  noLines: { vi: 'Chưa có nhu cầu nào trên đường truyền.', en: 'Nothing is asked of any line.' },
  checked: { vi: 'Đã kiểm tra những gì', en: 'What was checked' },
  rule: { vi: 'Yêu cầu', en: 'What it demands' },
  found: { vi: 'Phát hiện', en: 'Findings' },
  assumed: { vi: 'Những gì mới chỉ là giả định', en: 'What is only assumed' },
  assumedNote: {
    vi: 'Các kết luận ở trên đúng với bộ dữ liệu này; số liệu chưa được xác nhận có thể làm thay đổi chúng.',
    en: 'All of the above holds for this inventory; facts that are not confirmed may change it.',
  },
  part: { vi: 'Phần', en: 'Section' },
  facts: { vi: 'Số liệu giả định', en: 'Assumed facts' },
  total: { vi: 'Tổng cộng', en: 'Total' },
  and: { vi: 'và', en: 'and' },
  madeBy: { vi: 'Trang này do lệnh sau tạo ra', en: 'This page was made by' },
} as const satisfies Record<string, Bilingual>;

/** Rules of the check, and what else it may find. */
type Titled = RuleName | 'stale-acceptance' | 'acceptance-without-extent';

interface RuleWords {
  readonly title: Bilingual;
  // In Vietnamese only: in English the problems and the report say it themselves, with the details.
  /** What to do about its findings. */
  readonly advice: string;
  /** What it demands, and what one case of it is; absent of what is no rule. */
  readonly demands?: string;
  readonly of?: string;
}

const RULE_WORDS = {
  'offices-are-served': {
    title: { vi: 'Đơn vị không dùng được hệ thống', en: 'Offices that are not served' },
    advice: 'xem vì sao bằng `citydc check --explain`, rồi sửa đường truyền, nút của đơn vị, hoặc mục flows của city.yaml',
    demands: 'mọi đơn vị dùng được mọi hệ thống khi không có gì hỏng',
    of: 'đơn vị × hệ thống',
  },
  'no-single-point-of-failure': {
    title: { vi: 'Điểm hỏng đơn lẻ', en: 'Single points of failure' },
    advice: 'dẫn thêm một đường khác, hoặc chấp nhận có thời hạn dưới mục accepted của city.yaml',
    demands: 'không một hỏng hóc đơn lẻ nào làm đơn vị mất hệ thống',
    of: 'phần tử lần lượt hỏng',
  },
  'one-writer': {
    title: { vi: 'Không đúng một nơi được ghi', en: 'Not exactly one writer' },
    advice: 'đặt các thành viên etcd ở ba điểm, sao cho hai điểm bất kỳ chiếm quá nửa, và máy chủ cơ sở dữ liệu ở hai điểm',
    demands: 'sau một hỏng hóc đúng một điểm được ghi; sau hai hỏng hóc, và với mọi cách chia cắt, nhiều nhất một điểm',
    of: 'hỏng hóc, cặp và cách chia cắt',
  },
  'copies-stay-joined': {
    title: { vi: 'Hai bản dữ liệu bị chia cắt', en: 'Copies of the database that are parted' },
    advice: 'dẫn thêm một đường giữa hai điểm, không chung cống cáp và nhà mạng với đường đã có, hoặc chấp nhận có thời hạn',
    demands: 'không một hỏng hóc đơn lẻ nào chia cắt các bản của cơ sở dữ liệu khi cả hai điểm còn hoạt động',
    of: 'phần tử lần lượt hỏng',
  },
  'lines-have-room': {
    title: { vi: 'Đường truyền chật', en: 'Lines without room' },
    advice: 'tăng tốc độ trong links.csv, dẫn đơn vị theo đường khác, hoặc chấp nhận có thời hạn',
    demands: 'không đường truyền nào đầy quá 70 % vào giờ cao điểm hoặc ban đêm, dù bất kỳ một phần tử nào hỏng',
    of: 'hỏng hóc đơn lẻ',
  },
  'sites-can-serve': {
    title: { vi: 'Điểm thiếu máy chủ', en: 'Sites that lack hosts' },
    advice: 'thêm máy chủ mà câu báo lỗi nêu vào mục hosts của điểm đó trong city.yaml',
    demands: 'mỗi điểm có đủ các loại máy chủ mà vai trò của nó cần',
    of: 'loại máy chủ tại các điểm',
  },
  'externals-are-served': {
    title: { vi: 'Người dân và hệ thống quốc gia bị mất dịch vụ', en: 'Citizens and national systems that are not served' },
    advice: 'dẫn thêm một đường từ mạng bên ngoài tới điểm kia, không chung nhà mạng và cống cáp, hoặc chấp nhận có thời hạn',
    demands: 'người dân và hệ thống quốc gia dùng được những gì họ được phép, dù bất kỳ một phần tử nào hỏng',
    of: 'phần tử lần lượt hỏng',
  },
  'city-is-watched': {
    title: { vi: 'Thành phố không được giám sát', en: 'The city is not watched' },
    advice: 'đặt máy giám sát (monitor) ở cả hai trung tâm dữ liệu trong mục hosts của city.yaml',
    demands: 'dù bất kỳ một phần tử nào hỏng, vẫn còn một máy giám sát thành phố',
    of: 'phần tử lần lượt hỏng',
  },
  'programs-are-let-through': {
    title: { vi: 'Ma trận luồng chặn chương trình của hệ thống', en: 'Programs that the allowed flows stop' },
    advice: 'thêm luồng hoặc cổng mà câu báo lỗi nêu vào mục flows của city.yaml',
    demands: 'ma trận luồng cho phép mọi kết nối mà các chương trình mở',
    of: 'kết nối của các chương trình',
  },
  'neighbours-announce-their-own': {
    title: { vi: 'Bộ định tuyến nhận tuyến không phải của láng giềng', en: 'Routes that are not the neighbour’s own' },
    advice: 'đây là lỗi của phần mềm kết xuất: báo cho nhóm phát triển, và không dựng thành phố này',
    demands: 'láng giềng của trung tâm dữ liệu chỉ quảng bá được những gì của chính nó',
    of: 'phiên của các trung tâm dữ liệu với láng giềng, theo họ địa chỉ',
  },
  segmentation: {
    title: { vi: 'Bộ lọc sai với ma trận luồng được phép', en: 'Filters that differ from the allowed flows' },
    advice: 'đây là lỗi của phần mềm kết xuất hoặc của ma trận: xem câu báo lỗi, sửa mục flows của city.yaml hoặc báo cho nhóm phát triển',
    demands: 'trên mọi đường đi, mỗi bộ lọc cho qua đúng những gì ma trận cho phép',
    of: 'ô của ma trận tại các bộ lọc, và đường đi của luồng được phép trong mọi hỏng hóc đơn lẻ',
  },
  'stale-acceptance': {
    title: { vi: 'Mục chấp nhận không còn căn cứ', en: 'Acceptances without a finding' },
    advice: 'xóa mục đó trong city.yaml',
  },
  'acceptance-without-extent': {
    title: { vi: 'Mục chấp nhận không ghi mức', en: 'Acceptances that do not say how much' },
    advice: 'ghi thêm dòng extent mà `citydc check` in ra vào mục đó trong city.yaml',
  },
} as const satisfies Record<RuleName, Required<RuleWords>> & Record<Titled, RuleWords>;

/** The words of a rule; one that the table does not know has its own name. */
export const ruleWords = (rule: string): RuleWords | undefined => (rule in RULE_WORDS ? RULE_WORDS[rule as Titled] : undefined);

/** One element of a class. */
export const ELEMENT_WORDS = {
  site: { vi: 'Điểm', en: 'Site' },
  aggregation: { vi: 'Nút tổng hợp', en: 'Aggregation node' },
  external: { vi: 'Mạng bên ngoài', en: 'External' },
  ward: { vi: 'Phường, xã', en: 'Ward or commune' },
  district: { vi: 'Quận, huyện', en: 'District' },
  department: { vi: 'Sở, ngành', en: 'Department' },
  agency: { vi: 'Cơ quan', en: 'Agency' },
  party: { vi: 'Cơ quan Đảng', en: 'Party body' },
  'socio-political': { vi: 'Đoàn thể', en: 'Socio-political organisation' },
  core: { vi: 'Đường trục', en: 'Core line' },
  uplink: { vi: 'Đường lên trung tâm', en: 'Uplink' },
  access: { vi: 'Đường tới đơn vị', en: 'Access line' },
  internet: { vi: 'Đường Internet riêng', en: 'Own Internet line' },
  duct: { vi: 'Cống cáp', en: 'Duct' },
  building: { vi: 'Tòa nhà', en: 'Building' },
  power: { vi: 'Nguồn điện', en: 'Power feed' },
  carrier: { vi: 'Nhà mạng', en: 'Carrier' },
  lease: { vi: 'Hợp đồng thuê', en: 'Lease' },
  host: { vi: 'Máy chủ', en: 'Host of a site' },
} as const satisfies Record<ElementClass, Bilingual>;

/** Sections of an inventory, as `assumed` counts them. */
const SECTION_WORDS: Readonly<Record<string, Bilingual>> = {
  sites: { vi: 'Điểm (trung tâm dữ liệu, chứng kiến)', en: 'Sites' },
  aggregations: { vi: 'Nút tổng hợp', en: 'Aggregation nodes' },
  externals: { vi: 'Mạng bên ngoài', en: 'Externals' },
  endpoints: { vi: 'Đơn vị', en: 'Offices' },
  links: { vi: 'Đường truyền', en: 'Links' },
  carriers: { vi: 'Nhà mạng', en: 'Carriers' },
  riskGroups: { vi: 'Nhóm rủi ro chung', en: 'Shared-risk groups' },
  systems: { vi: 'Hệ thống', en: 'Systems' },
  capacity: { vi: 'Kế hoạch dung lượng', en: 'Capacity plan' },
};
export const sectionName = (key: string, language: Language): string => SECTION_WORDS[key]?.[language] ?? key;

const LOST = { all: '', none: ' không có cơ sở dữ liệu', database: ' có cơ sở dữ liệu' } as const satisfies Record<LostKind, string>;

/** As `13 đơn vị mất cả 10 hệ thống: e77, e78, e79 và 10 đơn vị khác`. */
export const VIETNAMESE_LOSSES: LossWords = {
  lose: offices => `${offices} đơn vị mất`,
  systems: (count, of) => (count === 1 ? `hệ thống duy nhất${LOST[of]}` : `${of === 'all' ? 'cả ' : ''}${count} hệ thống${LOST[of]}`),
  more: offices => `và ${offices} đơn vị khác`,
};
