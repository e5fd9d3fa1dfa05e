/** Makes the attempts of the request on its standard input, many at a time, and prints the outcomes in the same order as JSON. */

import type { AttemptOutcome, ProbeRequest } from '../contract/prober.js';
import { attempt } from './attempt.js';

const request = (globalThis as { readonly request?: ProbeRequest }).request;
if (request === undefined) {
  process.stderr.write('there is no request\n');
  process.exit(2);
}
process.stdout.write(JSON.stringify(await all(request)));

async function all({ attempts, timeoutMs, atOnce }: ProbeRequest): Promise<readonly AttemptOutcome[]> {
  const outcomes: AttemptOutcome[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < attempts.length; index = next++) {
      const what = attempts[index];
      if (what !== undefined) outcomes[index] = await attempt(what, timeoutMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return outcomes;
}
