/** Local times as AWS takes them. */

import { expect, test } from 'vitest';
import { dailyWindow, weeklyWindow } from '../../infra/aws/plan/windows.js';

const HALF_PAST_TWO = { startMinute: 150, minutes: 30 };

test.each([
  ['Asia/Ho_Chi_Minh', '19:30-20:00', 'sat:19:30-sat:20:00'],
  ['UTC', '02:30-03:00', 'sun:02:30-sun:03:00'],
  ['America/Sao_Paulo', '05:30-06:00', 'sun:05:30-sun:06:00'],
  ['Asia/Kathmandu', '20:45-21:15', 'sat:20:45-sat:21:15'],
  ['Pacific/Kiritimati', '12:30-13:00', 'sat:12:30-sat:13:00'],
])('half past two of a Sunday in %s is %s UTC, %s', (timeZone, daily, weekly) => {
  expect(dailyWindow(timeZone, HALF_PAST_TWO)).toBe(daily);
  expect(weeklyWindow(timeZone, 'sun', HALF_PAST_TWO)).toBe(weekly);
});

test('a window across midnight, and across the end of the week', () => {
  expect(dailyWindow('UTC', { startMinute: 23 * 60 + 45, minutes: 30 })).toBe('23:45-00:15');
  expect(weeklyWindow('UTC', 'sun', { startMinute: 23 * 60 + 45, minutes: 30 })).toBe('sun:23:45-mon:00:15');
  expect(weeklyWindow('Asia/Ho_Chi_Minh', 'mon', HALF_PAST_TWO)).toBe('sun:19:30-sun:20:00');
});
