/**
 * Like `Promise.all`, but settles only when every promise has, also when one fails: what the caller clears up then must not be in use any
 * more.
 *
 * @throws the error of the first in the list that failed
 */
export async function allEnded<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
