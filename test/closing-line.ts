import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one line that a machine reads: `N passed, N failed, N skipped`. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const states = modules.flatMap(module => [...module.children.allTests()].map(test => test.result().state));
    const count = (state: string) => states.filter(found => found === state).length;
    const broken = modules.filter(module => module.state() === 'failed' && module.errors().length > 0).length + errors.length;
    console.log(`\n${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`);
  }
}
