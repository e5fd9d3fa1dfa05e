import { describe, expect, test } from 'vitest';
import { linesScript, qdiscTrial } from '../../../infra/docker/fault-script.js';
import { notRun } from '../../../infra/docker/trouble.js';

const WHOLE = { cut: false, impairment: {} };

describe('lines of a host are set in one go', () => {
  test('that waits for what it needs and takes away what it can', () => {
    const script = linesScript([
      { device: 'l1', fault: { cut: true, impairment: {} } },
      { device: 'l2', fault: WHOLE },
      { device: 'l3', fault: { cut: false, impairment: { lossRatio: 0.25, rateBps: 2e6 } } },
    ]);
    expect(script.match(/^await .*$/gm)).toEqual(['await l1', 'await l3']);
    expect(script.match(/nft -f/g)).toHaveLength(1);
    expect(script.match(/^tc qdisc add .*$/gm)).toEqual(['tc qdisc add dev l3 root tbf rate 2000000bit burst 32kb latency 100ms']);
    expect(script).toContain('numgen random mod 100000 < 25000 drop');
    expect(script).not.toContain('device "l2"');
  });

  test('and waits for nothing when it only heals', () => expect(linesScript([{ device: 'l2', fault: WHOLE }])).not.toContain('await'));
});

test('what tc can do is tried at a device that goes again, and the answer is tc’s', () =>
  expect(qdiscTrial(['netem', 'delay', '1ms']).split('\n').slice(-3)).toEqual(['able=$?', 'ip link del citydc-trial', 'exit $able']));

test.each([
  [0, 'Error response from daemon: No such container: x'],
  [2, 'Error response from daemon: No such container: x'],
  [1, 'curl: (7) Failed to connect: Connection refused'],
  [126, 'sh: ./x: Permission denied'],
])('a command that ends with %i and %s has run', (exitCode, stderr) => expect(notRun({ exitCode, stdout: '', stderr })).toBeUndefined());
