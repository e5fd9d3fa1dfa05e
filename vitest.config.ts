import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/closing-line.js';
import { SkipsReporter } from './test/skips-reporter.js';

/** They need the machine: the image, and the one city that it can run. One after the other, when all else is done. */
const ON_THE_MACHINE = ['test/lab/*.test.ts', 'test/site/lint.test.ts', 'test/aws/vpn-peer-lint.test.ts'];
/** They start Docker daemons of their own, and take the lab's city down for as long: lab tests bring it up again. */
const ON_DOCKER = ['test/docker/*.test.ts'];

export default defineConfig({
  test: {
    // A snapshot that is missing is a failure, here as in CI: golden files are written with -u only.
    update: 'none',
    reporters: ['default', new SkipsReporter(), new ClosingLine()],
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: [...ON_THE_MACHINE, ...ON_DOCKER],
          sequence: { groupOrder: 0 },
          // Some run the command itself; a limit is there to end what hangs, not to time a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'docker',
          include: ON_DOCKER,
          globalSetup: 'test/docker/setup.ts',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          include: ON_THE_MACHINE,
          globalSetup: 'test/lab/setup.ts',
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
