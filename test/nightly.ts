/** What only `.ci/nightly` does: it sets `CITYDC_NIGHTLY=1`. */
export const NIGHTLY = process.env.CITYDC_NIGHTLY === '1';

/** The number of cases of a property: so many at every run, so many at night. */
export const cases = (everyRun: number, atNight: number): number => (NIGHTLY ? atNight : everyRun);
