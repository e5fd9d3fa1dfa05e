/** How long each test file may take, and which took much more. Pure. */

/** What a file took when the budgets were written. */
interface Budget {
  /** In bare starts of Node, measured at the beginning of the same run. */
  readonly floors: number;
  readonly seconds: number;
}
export interface Budgets {
  readonly schema: 1;
  /** By file, sorted. */
  readonly files: Readonly<Record<string, Budget>>;
}

/** A file of a run: its tests and hooks, by the wall clock. */
export interface Took {
  readonly file: string;
  readonly seconds: number;
}

/** A file is over when it takes so much more than its budget. */
const MARGIN_RATIO = 1.5;
/** Below so many floors a file is what the machine's hiccups make it. */
const LEAST_FLOORS = 30;

/**
 * Files that took more than half as much again as their budget by both its measures: a file that works takes as many floors on every
 * machine, one that waits for the clock as many seconds.
 */
export const overBudget = (took: readonly Took[], { files }: Budgets, floorSeconds: number): readonly Took[] =>
  took.filter(({ file, seconds }) => {
    const budget = files[file];
    if (budget === undefined) return false;
    const allowed = MARGIN_RATIO * Math.max(budget.floors * floorSeconds, budget.seconds);
    return seconds > Math.max(allowed, LEAST_FLOORS * floorSeconds);
  });

export const withoutBudget = (took: readonly Took[], { files }: Budgets): readonly Took[] =>
  took.filter(({ file }) => files[file] === undefined);

/** The budgets with what a run took in place of what was known of its files; of what no longer exists nothing is kept. */
export function budgetsFrom(took: readonly Took[], before: Budgets, floorSeconds: number, exists: (file: string) => boolean): Budgets {
  const known = Object.entries(before.files).filter(([file]) => exists(file));
  const found = took.map(({ file, seconds }): [string, Budget] => [
    file,
    { floors: Math.ceil(seconds / floorSeconds), seconds: tenths(seconds) },
  ]);
  const files = Object.fromEntries([...new Map([...known, ...found])].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return { schema: 1, files };
}

const SLOWEST = 20;

/** The slowest files as lines: seconds, floors, and the budget. */
export const slowestLines = (took: readonly Took[], { files }: Budgets, floorSeconds: number): readonly string[] =>
  took
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST)
    .map(({ file, seconds }) => {
      const floors = `${Math.ceil(seconds / floorSeconds)} of ${files[file]?.floors ?? '?'}`;
      return `  ${seconds.toFixed(1).padStart(7)} s  ${floors.padStart(12)} floors  ${file}`;
    });

const tenths = (seconds: number): number => Math.ceil(seconds * 10) / 10;
