import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { covers, type Place, SKIPS } from './skips.js';

/** Fails a run in which a test was skipped that test/skips.json does not name. A run that names single tests is not judged. */
export class SkipsReporter implements Reporter {
  #judges = true;

  onInit({ config }: Vitest): void {
    this.#judges = config.testNamePattern === undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (!this.#judges) return;
    const unlisted = modules
      .flatMap(module => [...module.children.allTests('skipped')])
      .filter(test => !SKIPS.some(skip => covers(skip, placeOf(test))));
    if (unlisted.length === 0) return;
    console.error(
      `\nSkipped, though test/skips.json does not list it:\n${unlisted.map(test => `  ${test.module.relativeModuleId} > ${test.fullName}\n`).join('')}`,
    );
    process.exitCode = 1;
  }
}

export const placeOf = (test: TestCase): Place => ({ file: test.module.relativeModuleId, titles: titlesOf(test) });

function titlesOf(test: TestCase): readonly string[] {
  const titles = [test.name];
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) titles.unshift(parent.name);
  return titles;
}
