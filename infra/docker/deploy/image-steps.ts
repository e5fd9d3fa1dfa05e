import type { City } from '../../city/model.js';

/** Last the site that leads: its hosts move once, to a backup that is on the new image already. */
const ORDER = { backup: 0, witness: 1, primary: 2 } as const;

/**
 * The values of terraform's variables, one apply after the other, that bring a city from one image to another: site by site, the city
 * well before each next one, so that the databases keep their quorum; then all else at once.
 *
 * @param before the tag that runs; undefined where nothing does
 * @returns a single empty step where the image stays
 */
export function imageSteps(
  { sites }: Pick<City, 'sites'>,
  before: string | undefined,
  after: string,
): readonly Readonly<Record<string, string>>[] {
  if (before === undefined || before === after) return [{}];
  const inTurn = sites.toSorted((a, b) => ORDER[a.role] - ORDER[b.role]).map(({ number }) => `s${number}`);
  const steps = inTurn.map((_, index) => {
    const moved = inTurn.slice(0, index + 1).map(site => `${site}="${after}"`);
    return { image: before, images: `{${moved.join(',')}}` };
  });
  return [...steps, {}];
}
