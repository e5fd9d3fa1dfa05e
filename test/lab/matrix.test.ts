/** The allowed-flows matrix by real connection attempts: every cell as it should be, and a filter that is wrong is found out. */

import { afterEach, describe, expect, test } from 'vitest';
import type { MatrixProof } from '../../runbooks/proofs/matrix.js';
import { citydc, succeed } from './citydc.js';
import { noLab } from './no-lab.js';

const MATRIX = ['check', '--against-lab', 'matrix'] as const;
const LONGEST_SECONDS = 60;
const proof = async () => {
  const { code, stdout } = await citydc([...MATRIX, '--json']);
  return { code, ...(JSON.parse(stdout) as MatrixProof & { readonly seconds: number }) };
};
const plant = (host: string, ...rule: readonly string[]) => succeed('exec', host, '--', 'nft', 'insert', 'rule', 'inet', 'citydc', ...rule);
const messages = ({ problems }: Pick<MatrixProof, 'problems'>) => problems.map(({ message }) => message);

describe.skipIf(noLab('the matrix')).sequential('the matrix', () => {
  afterEach(async () => {
    for (const host of ['s1-router1', 'n67']) await succeed('exec', host, '--', 'nft', '-f', '/etc/citydc/filter.nft');
  });

  test('every attempt ends as the matrix says, in both families, within a minute', async () => {
    const { code, seconds, tried, ...rest } = await proof();
    expect(messages(rest)).toEqual([]);
    expect(code).toBe(0);
    expect(seconds).toBeLessThan(LONGEST_SECONDS);
    expect(tried.length).toBeGreaterThan(20_000);
    for (const family of ['v4', 'v6']) {
      const of = tried.filter(each => each.family === family);
      expect(of.filter(({ allowed }) => allowed).length).toBeGreaterThan(300);
      expect(of.filter(({ allowed }) => !allowed).length).toBeGreaterThan(8000);
    }
    expect(new Set(tried.map(({ host }) => host)).size).toBe(12);
  });

  test('a hole and a flow that is dropped are both found, with the packet', async () => {
    await plant('s1-router1', 'input', 'icmp', 'type', 'echo-request', 'accept');
    await plant('n67', 'forward', 'udp', 'dport', '8862', 'drop');
    const { code, ...rest } = await proof();
    expect(code).toBe(1);
    expect(messages(rest)).toContainEqual(
      expect.stringMatching(
        /^icmp echo from x65 \(198\.51\.100\.1\) to s1-router1 \(10\.100\.0\.1\) is denied and reached it \(answered\)$/,
      ),
    );
    expect(messages(rest)).toContainEqual(
      expect.stringMatching(
        /^udp 8862 from e77 \(10\.88\.77\.1\) to s2-monitor1 \(10\.104\.44\.17\) is allowed and did not reach it \(no answer\)$/,
      ),
    );
  });
});
