/** Times of day in the city's time zone, as AWS takes them: in UTC. Pure. */

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_MINUTES = 24 * 60;

/** Local start and length, minutes. */
export interface LocalTime {
  readonly startMinute: number;
  readonly minutes: number;
}

/** A window of every day: `19:30-20:00`. */
export function dailyWindow(timeZone: string, { startMinute, minutes }: LocalTime): string {
  const start = startMinute - minutesEast(timeZone);
  return `${clock(start)}-${clock(start + minutes)}`;
}

/** A window of one day a week: `sat:20:30-sat:21:00`. */
export function weeklyWindow(timeZone: string, day: (typeof DAYS)[number], { startMinute, minutes }: LocalTime): string {
  const start = DAYS.indexOf(day) * DAY_MINUTES + startMinute - minutesEast(timeZone);
  return [start, start + minutes].map(each => `${DAYS.at(Math.floor(each / DAY_MINUTES) % DAYS.length)}:${clock(each)}`).join('-');
}

const clock = (minute: number): string => {
  const within = ((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  return [Math.floor(within / 60), within % 60].map(part => String(part).padStart(2, '0')).join(':');
};

/** How far a time zone is east of UTC, minutes, at the beginning of 2026: where clocks change in summer, windows move by that hour. */
function minutesEast(timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(Date.UTC(2026, 0, 1));
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (60 * Number(hours ?? 0) + Number(minutes ?? 0));
}
