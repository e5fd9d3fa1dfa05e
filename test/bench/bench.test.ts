import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { FIGURES, rowsOf } from './figures.js';
import { groupSeconds, processSeconds, spent } from './processor.js';

test('called for no figure, it has a row for every figure, and none was run', () => {
  const nothing = ['checks', 'synths', 'ups', 'idles', 'drills', 'cuts', 'dockers'].flatMap(option => [`--${option}`, '0']);
  const output = execFileSync(process.execPath, ['infra/cli/bootstrap.mjs', 'bench', ...nothing], { encoding: 'utf8' });
  expect(JSON.parse(output)).toMatchObject({ rows: Object.keys(FIGURES).map(figure => ({ figure, verdict: 'not-run' })) });
});

test('--help names every part and measures nothing', () => {
  const output = execFileSync(process.execPath, ['infra/cli/bootstrap.mjs', 'bench', '--help'], { encoding: 'utf8' });
  for (const option of [
    'checks N',
    'synths N',
    'ups N',
    'idles N',
    'drills N',
    'cuts N',
    'dockers N',
    'slow-machine TOOL',
    'fresh-machine TOOL',
  ])
    expect(output).toContain(`  --${option} `);
});

test('a promise in multiples of a floor is kept or not by the floor of the same run, and unknown without one', () => {
  const row = (figure: 'up-to-steady-state' | 'down', floor?: number) =>
    rowsOf({ [figure]: { measured: 20, values: [20], ...(floor === undefined ? {} : { floor }) } }).find(each => each.figure === figure);
  expect(row('up-to-steady-state', 4)).toMatchObject({ timesFloor: 5.7, target: 22.8, ratio: 5, verdict: 'met' });
  expect(row('up-to-steady-state', 3)).toMatchObject({ target: 5.7 * 3, verdict: 'missed' });
  expect(row('up-to-steady-state')).toMatchObject({ measured: 20, verdict: 'not-run' });
  expect(row('down', 4)).toMatchObject({ target: 5, floor: 4, ratio: 5, verdict: 'missed' });
});

test('processor time is of a command and of what it started; a failure is one', async () => {
  const busy = await spent('sh', '-c', '(i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done); echo done');
  expect(busy.stdout).toBe('done\n');
  expect(busy.processorSeconds).toBeGreaterThan((await spent('true')).processorSeconds);
  await expect(spent('sh', '-c', 'echo why; exit 3')).rejects.toThrow('ended with 3\nwhy');
});

test('of a control group that is not there nothing is known', () => {
  expect(groupSeconds('/citydc-never')).toBeNaN();
  expect(processSeconds('/citydc-never').size).toBe(0);
});
