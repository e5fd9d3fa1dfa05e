import type { Bilingual } from '../../infra/city/identity.js';

/** What each alert is called, as its runbook page's heading is. */
export const ALERT_TITLES: Readonly<Record<string, Bilingual>> = {
  AgentSilent: { vi: 'Chương trình giám sát im lặng', en: 'An agent is silent' },
  AggregationDown: { vi: 'Nút tổng hợp bị cô lập', en: 'An aggregation node is isolated' },
  BackupNotSynchronous: { vi: 'Trung tâm dự phòng không còn đồng bộ', en: 'The backup site is not synchronous' },
  CertificatesDue: { vi: 'Chứng thư số cần gia hạn', en: 'Certificates are due for renewal' },
  CertificatesEnding: { vi: 'Chứng thư số sắp hết hạn', en: 'Certificates end soon' },
  DatabaseWithoutLeader: { vi: 'Cơ sở dữ liệu không có máy chủ ghi', en: 'No database host may write' },
  DeadMansSwitch: { vi: 'Nhịp báo hệ thống giám sát còn sống', en: 'The heartbeat of the watching' },
  EndpointDown: { vi: 'Một đơn vị mất kết nối', en: 'An office is cut off' },
  EquipmentMissing: { vi: 'Thiếu thiết bị tại một đơn vị', en: 'Equipment is missing at an office' },
  ExternalDown: { vi: 'Mất kết nối tới hệ thống bên ngoài', en: 'Something that is not ours is not reached' },
  InternetLineDown: { vi: 'Đường Internet của một đơn vị mất', en: "An office's Internet line is down" },
  LinkDown: { vi: 'Mất một đường truyền trục', en: 'A trunk line is down' },
  NoSpareVote: { vi: 'Không còn phiếu dự phòng', en: 'No spare vote' },
  RulesFailing: { vi: 'Không tính được quy tắc cảnh báo', en: 'Rules cannot be evaluated' },
  SiteDown: { vi: 'Mất một trung tâm dữ liệu hoặc điểm chứng kiến', en: 'A site is down' },
  WritesOnOneCopy: { vi: 'Dữ liệu mới chỉ có một bản', en: 'New data exists once only' },
};
