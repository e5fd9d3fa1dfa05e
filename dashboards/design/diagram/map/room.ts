import type { OutlinePoint } from '../outline.js';

/** A rectangle around its centre. */
export interface Patch extends OutlinePoint {
  readonly width: number;
  readonly height: number;
}

const overlap = (a: Patch, b: Patch): boolean =>
  Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height;

const inside = (a: Patch, whole: Patch): boolean =>
  Math.abs(a.x - whole.x) * 2 <= whole.width - a.width && Math.abs(a.y - whole.y) * 2 <= whole.height - a.height;

/** What of a drawing is taken already; patches are taken one after the other, the first come is served. */
export class Room {
  readonly #taken: Patch[] = [];
  readonly #whole: Patch;

  constructor(whole: Patch) {
    this.#whole = whole;
  }

  /** The first of the patches that is free, which it takes; undefined when none is. */
  first(patches: Iterable<Patch>): Patch | undefined {
    for (const patch of patches) if (this.#isFree(patch)) return this.take(patch);
    return undefined;
  }

  #isFree(patch: Patch): boolean {
    return inside(patch, this.#whole) && !this.#taken.some(other => overlap(patch, other));
  }

  /** Takes a patch, free or not. */
  take(patch: Patch): Patch {
    this.#taken.push(patch);
    return patch;
  }
}

const DIRECTIONS = Array.from({ length: 8 }, (_, index) => (index * Math.PI) / 4);

/** A square at a point, then beside it, ever further away: for signs of things that stand at one place. */
export function* around({ x, y }: OutlinePoint, size: number): Iterable<Patch> {
  yield { x, y, width: size, height: size };
  for (const distance of [1, 1.5, 2, 3, 4])
    for (const angle of DIRECTIONS)
      yield { x: x + Math.cos(angle) * size * distance, y: y + Math.sin(angle) * size * distance, width: size, height: size };
}

/** Places for a label of a sign: right, left, above, below, then the corners. */
export function* beside({ x, y }: OutlinePoint, gap: number, width: number, height: number): Iterable<Patch> {
  const [across, down] = [gap + width / 2, gap + height / 2];
  const offsets = [
    [across, 0],
    [-across, 0],
    [0, -down],
    [0, down],
    [across, -down],
    [across, down],
    [-across, -down],
    [-across, down],
  ] as const;
  for (const [dx, dy] of offsets) yield { x: x + dx, y: y + dy, width, height };
}

/** Places for a label on a line, from near its first end. */
export function* along(from: OutlinePoint, to: OutlinePoint, width: number, height: number): Iterable<Patch> {
  for (const part of [0.3, 0.4, 0.5, 0.22, 0.6, 0.7])
    yield { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part, width, height };
}
