/** `inconclusive` is not `pass`: what was not measured has proved nothing. */
export const VERDICTS = ['pass', 'fail', 'inconclusive', 'aborted'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A failure stands whatever else could not be measured; a drill that was broken off proves nothing. */
const RANK = { pass: 0, inconclusive: 1, fail: 2, aborted: 3 } as const satisfies Record<Verdict, number>;

/** The worst verdict; of none, `inconclusive`, because nothing was checked. */
export const worst = (verdicts: readonly Verdict[]): Verdict => verdicts.toSorted((a, b) => RANK[b] - RANK[a])[0] ?? 'inconclusive';

/** Exit code of a command that ends with this verdict. */
export const exitCodeOf = (verdict: Verdict): 0 | 1 | 3 => (verdict === 'pass' ? 0 : verdict === 'fail' ? 1 : 3);
