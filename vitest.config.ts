import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/closing-line.js';
import { NIGHTLY } from './test/nightly.js';
import { PaceReporter } from './test/pace/reporter.js';
import { SkipsReporter } from './test/skips-reporter.js';

/** They need the one city that the machine can run. One after the other, when all else is done. */
const ON_THE_MACHINE = ['test/lab/*.test.ts'];
/** It leaves another city behind: after all others, which would have to bring theirs back. */
const AT_THE_END = ['test/lab/reorganise.test.ts'];
/** Each has a small city of its own, in a network of its own: three at a time, because they mostly wait. */
const IN_SMALL_CITIES = ['test/lab/small/*.test.ts'];
/** They start Docker daemons of their own, and take the lab's city down for as long: lab tests bring it up again. */
const ON_DOCKER = ['test/docker/*.test.ts'];
/** They ask programs and registries of others: cfn-lint, moto_server, Chromium, npm, and those of the hosts' image. */
const WITH_PROGRAMS = [
  'test/aws/lint.test.ts',
  'test/aws/moto.test.ts',
  'test/aws/own-database.test.ts',
  'test/dashboards/design/browser.test.ts',
  'test/docker/unit/fork.test.ts',
  'test/site/lint.test.ts',
  'test/aws/vpn-peer-lint.test.ts',
];
/** They synthesise templates: the library alone takes seconds to load. */
const WITH_TEMPLATES = ['test/aws/*.test.ts', 'test/cli/synth-aws.test.ts'];
/** They start programs of ours (agents, the command, its bundles) and wait for them. */
const WITH_PROCESSES = [
  'test/agents/*.test.ts',
  'test/agents/{canary,sentinel}/*.test.ts',
  'test/agents/ward/{bundle,equipment,path,self,ward}.test.ts',
  'test/bench/*.test.ts',
  'test/cli/{built,fabric}.test.ts',
  'test/docker/unit/*.test.ts',
  'test/fabric/locks.test.ts',
  'test/lab/keeper/relay.test.ts',
  'test/site/supervisor.test.ts',
];
/** Long suites in the running lab, for `.ci/nightly` alone. */
const AT_NIGHT = ['test/nightly/*.test.ts'];

/** Several files at once. The library's own validation takes seconds: test/aws/policy.test.ts alone turns it on. */
const SIDE_BY_SIDE = { sequence: { groupOrder: 0 }, maxWorkers: '100%', env: { CDK_VALIDATION: 'false' } } as const;
/**
 * Files of a worker share modules: a third of the time was importing the same ones again. Some run the command itself, so a test's limit
 * is there to end what hangs, not to time a busy machine.
 */
const SHARING = { ...SIDE_BY_SIDE, isolate: false, testTimeout: NIGHTLY ? 1_200_000 : 60_000 } as const;

/** One after the other in the one city of this checkout. */
const ON_THE_CITY = { globalSetup: 'test/lab/setup.ts', fileParallelism: false, testTimeout: 600_000, hookTimeout: 600_000 } as const;

const ELSEWHERE = [...ON_THE_MACHINE, ...AT_THE_END, ...IN_SMALL_CITIES, ...ON_DOCKER, ...WITH_PROGRAMS, ...AT_NIGHT];

const NIGHTLY_PROJECT = {
  extends: true as const,
  test: { ...ON_THE_CITY, name: 'nightly', include: AT_NIGHT, sequence: { groupOrder: 5 } },
};

export default defineConfig({
  test: {
    // A snapshot that is missing is a failure, here as in CI: golden files are written with -u only.
    update: 'none',
    reporters: ['default', new SkipsReporter(), new PaceReporter(), new ClosingLine()],
    setupFiles: 'test/tidy.ts',
    projects: [
      {
        extends: true,
        test: { ...SHARING, name: 'pure', include: ['test/**/*.test.ts'], exclude: [...WITH_TEMPLATES, ...WITH_PROCESSES, ...ELSEWHERE] },
      },
      { extends: true, test: { ...SHARING, name: 'templates', include: WITH_TEMPLATES, exclude: WITH_PROGRAMS } },
      { extends: true, test: { ...SHARING, name: 'processes', include: WITH_PROCESSES, exclude: WITH_PROGRAMS } },
      {
        extends: true,
        test: {
          ...SIDE_BY_SIDE,
          name: 'programs',
          include: WITH_PROGRAMS,
          globalSetup: 'test/image/setup.ts',
          testTimeout: 600_000,
          hookTimeout: 600_000,
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
          name: 'small',
          include: IN_SMALL_CITIES,
          globalSetup: 'test/lab/small/setup.ts',
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      { extends: true, test: { ...ON_THE_CITY, name: 'lab', include: ON_THE_MACHINE, exclude: AT_THE_END, sequence: { groupOrder: 3 } } },
      { extends: true, test: { ...ON_THE_CITY, name: 'lab-end', include: AT_THE_END, sequence: { groupOrder: 4 } } },
      ...(NIGHTLY ? [NIGHTLY_PROJECT] : []),
    ],
  },
});
