/** How soon the city reports what broke, and what the watching costs. */

import { setTimeout as pause } from 'node:timers/promises';
import { citydc, succeed } from '../lab/citydc.js';
import { eventually } from '../lab/eventually.js';
import { fired, reportedSince } from '../lab/notices.js';
import { quiet, value } from '../lab/prometheus.js';
import { type FigureName, type Measured, median, worst } from './figures.js';

type Figures = Partial<Record<FigureName, Measured>>;

const WARD_LINE = 'l131';
const DISTRICT = 'n67';
/** Rates and maxima are taken over this long a steady city. */
const STEADY_SECONDS = 180;

/** Takes the running, steady city. */
export async function measureEyes(cuts: number, note: (text: string) => void): Promise<Figures> {
  if (cuts === 0) return {};
  await succeed('up');
  await quiet();
  note(`watching a steady city for ${STEADY_SECONDS} s`);
  await pause(STEADY_SECONDS * 1000);
  const cost = await costOfWatching();
  const wards: Notified[] = [];
  const districts: Notified[] = [];
  for (let cut = 1; cut <= cuts; cut++) {
    note(`cut to notification ${cut}/${cuts}`);
    wards.push(await cutToNotice(WARD_LINE));
    districts.push(await cutToNotice(DISTRICT));
  }
  return {
    ...cost,
    'ward-cut-to-notification': worst(wards.map(({ seconds }) => seconds)),
    'district-cut-to-notification': worst(districts.map(({ seconds }) => seconds)),
    'notifications-a-cut': worst([...wards, ...districts].map(({ count }) => count)),
  };
}

async function costOfWatching(): Promise<Figures> {
  const over = `[${STEADY_SECONDS}s]`;
  const [rss, anonymous, cpu, series, rules] = await Promise.all(
    [
      `max(max_over_time(citydc_agent_resident_memory_bytes${over})) / 1e6`,
      `max(max_over_time(citydc_agent_anonymous_memory_bytes${over})) / 1e6`,
      `max(rate(citydc_agent_cpu_seconds_total${over})) * 100`,
      'max(count by (endpoint) ({__name__=~"citydc_.+",endpoint=~"e.+"}))',
      `quantile_over_time(0.95, sum(prometheus_rule_group_last_duration_seconds{site="s1"})${over.replace(']', ':2s]')}) * 1000`,
    ].map(expression => value('s1', expression)),
  );
  const one = (found: number | undefined) => median([found ?? Number.NaN]);
  return {
    'agent-rss': one(rss),
    'agent-anonymous-memory': one(anonymous),
    'agent-cpu': one(cpu),
    'agent-series': one(series),
    'rules-evaluation': one(rules),
  };
}

interface Notified {
  readonly seconds: number;
  readonly count: number;
}

async function cutToNotice(target: string): Promise<Notified> {
  await quiet();
  const since = Date.now();
  await succeed('fault', 'cut', target);
  const cutAt = Date.now();
  await eventually(`the notification of ${target}`, async () => fired(await reportedSince(since)).length > 0);
  // Children would follow within this time.
  await pause(30_000);
  const reported = (await reportedSince(since)).filter(({ status }) => status === 'firing');
  await succeed('fault', 'heal');
  await eventually('steady state', async () => (await citydc(['status'])).code === 0);
  return { seconds: ((reported[0]?.receivedAtMs ?? Number.NaN) - cutAt) / 1000, count: reported.length };
}
