/**
 * What came of work that should long be over by then: its own end, or an error. The work itself is not ended; a loop that waits for it
 * continues, whatever a peer or a disk does.
 *
 * @throws {Error} with the words of `late`
 */
export async function inTime<T>(limitMs: number, work: Promise<T>, late: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(late)), limitMs);
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}
