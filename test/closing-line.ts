import type { Reporter, TestModule } from 'vitest/node';
import { type Reported, reportedIn, skippedParts } from './skips.js';
import { placeOf } from './skips-reporter.js';

/** Ends a run with the parts that were skipped, each with its reason, and one line that a machine reads: `N passed, N failed, N skipped`. */
export class ClosingLine implements Reporter {
  readonly #reported: Reported[] = [];

  onUserConsoleLog({ content }: { readonly content: string }): void {
    this.#reported.push(...reportedIn(content));
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap(module => [...module.children.allTests()]);
    const count = (state: string) => tests.filter(test => test.result().state === state).length;
    const broken = modules.filter(module => module.state() === 'failed' && module.errors().length > 0).length + errors.length;
    const skipped = tests.filter(test => test.result().state === 'skipped').map(placeOf);
    console.log(['', ...skippedParts(skipped, this.#reported)].join('\n'));
    console.log(`${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`);
  }
}
