/** A day of the calendar as YYYY-MM-DD, by the clocks of a time zone. */
export type DayIn = (timeZone: string) => string;

/** The day at an instant. The form is that in which Canadians write dates. */
export const dayAt =
  (now: Date): DayIn =>
  timeZone =>
    new Intl.DateTimeFormat('en-CA', { timeZone }).format(now);

/** The same day everywhere. */
export const onDay =
  (day: string): DayIn =>
  () =>
    day;
