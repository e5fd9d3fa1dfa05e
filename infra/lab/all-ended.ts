/**
 * Like `Promise.all`, but only when every work has come to its end, also when one fails: whoever clears up afterwards must not
 * meet work that still goes on.
 *
 * @throws what the first of the failed ones threw
 */
export async function allEnded<T>(works: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
