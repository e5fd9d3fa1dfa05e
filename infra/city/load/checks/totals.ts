import type { Problem } from '../../problem.js';
import type { Draft } from '../draft.js';
import { problemAt, soundOf } from '../entry.js';

/** The rows without an end add up to what the operator declared, whatever the day: a lost line is found at once. */
export function checkTotals({ totals, endpoints }: Draft): readonly Problem[] {
  const declared = totals.value;
  if (declared === undefined) return [];
  const { total, organisations, people, simPki } = declared.certificates;
  const sums =
    total === organisations + people
      ? []
      : [
          problemAt(
            totals,
            'certificates.total',
            'total',
            `found ${total}, organisations and people are ${organisations + people}`,
            'correct one of the three',
          ),
        ];
  const sim =
    simPki <= total
      ? []
      : [problemAt(totals, 'certificates.simPki', 'total', `found ${simPki} of ${total}`, 'SIM PKI is a part of the total')];
  return [...sums, ...sim, ...counts(totals, declared, endpoints)];
}

function counts(
  totals: Draft['totals'],
  declared: NonNullable<Draft['totals']['value']>,
  endpoints: Draft['endpoints'],
): readonly Problem[] {
  const sound = soundOf(endpoints);
  if (!endpoints.complete || sound.length < endpoints.entries.length) return [];
  const offices = sound.map(({ value }) => value).filter(({ validUntil }) => validUntil === undefined);
  const found = {
    endpoints: offices.length,
    wards: offices.filter(office => office.class === 'ward').length,
    videoPoints: offices.reduce((sum, { videoPoints }) => sum + videoPoints, 0),
  };
  return (['endpoints', 'wards', 'videoPoints'] as const)
    .filter(field => found[field] !== declared[field])
    .map(field =>
      problemAt(
        totals,
        field,
        'total',
        `${declared[field]} are declared, endpoints.csv has ${found[field]}`,
        'correct the total, or look for the row',
      ),
    );
}
