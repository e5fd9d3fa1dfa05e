import { select } from '../../../agents/contract/metrics/select.js';
import { isRevoked } from './authorities.js';
import type { Register } from './register.js';

/** When the newest certificate of every identity that is not revoked ends: metrics in Prometheus' text format. Pure. */
export function expiriesText(register: Register): string {
  const newest = new Map(
    register.issued.filter(({ serial }) => !isRevoked(register, serial)).map(({ identity, to }) => [identity, Date.parse(to) / 1000]),
  );
  const lines = [...newest]
    .toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([identity, seconds]) => `${select('citydc_certificate_expiry_time_seconds', { identity })} ${seconds}`);
  return `# TYPE citydc_certificate_expiry_time_seconds gauge\n${lines.map(line => `${line}\n`).join('')}`;
}
