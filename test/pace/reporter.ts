import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { NIGHTLY } from '../nightly.js';
import { type Budgets, budgetsFrom, overBudget, slowestLines, type Took, withoutBudget } from './budget.js';
import { floorSeconds } from './floor.js';

const ROOT = join(import.meta.dirname, '..', '..');
const BUDGETS = join(ROOT, 'test', 'budgets.json');
const WRITES = process.env.CITYDC_BUDGETS === 'write';

/**
 * Prints the slowest files, and names those that took much more than their budget; at night that is a failure. With
 * `CITYDC_BUDGETS=write` it writes what the run's files took as their budgets. A run that names single tests is not judged.
 */
export class PaceReporter implements Reporter {
  #judges = true;
  #floorSeconds = Number.NaN;
  /** Of each project, when its first file started and its last one ended, seconds from the start of the runner. */
  readonly #spans = new Map<string, { readonly from: number; to: number }>();

  onInit({ config }: Vitest): void {
    this.#judges = config.testNamePattern === undefined && !config.watch;
    if (this.#judges) this.#floorSeconds = floorSeconds();
  }

  onTestModuleStart({ project }: TestModule): void {
    const now = performance.now() / 1000;
    if (!this.#spans.has(project.name)) this.#spans.set(project.name, { from: now, to: now });
  }

  onTestModuleEnd({ project }: TestModule): void {
    const span = this.#spans.get(project.name);
    if (span !== undefined) span.to = performance.now() / 1000;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (!this.#judges) return;
    const took = modules.filter(module => module.state() === 'passed').map(tookOf);
    const budgets = JSON.parse(readFileSync(BUDGETS, 'utf8')) as Budgets;
    this.#report(took, budgets, modules);
    if (WRITES) this.#write(took, budgets);
    else this.#judge(took, budgets);
  }

  #report(took: readonly Took[], budgets: Budgets, modules: readonly TestModule[]): void {
    const importing = modules.reduce((sum, module) => sum + module.diagnostic().collectDuration, 0) / 1000;
    console.log(`\nThe slowest files; a floor is a bare start of Node, ${this.#floorSeconds.toFixed(3)} s here and now:`);
    for (const line of slowestLines(took, budgets, this.#floorSeconds)) console.log(line);
    console.log(`  ${importing.toFixed(1).padStart(7)} s  importing, all files together`);
    const walls = [...this.#spans].map(([project, { from, to }]) => `${project} ${from.toFixed(0)} to ${to.toFixed(0)}`);
    console.log(`From second to second: ${walls.join(', ')}`);
  }

  #judge(took: readonly Took[], budgets: Budgets): void {
    const [over, unknown] = [overBudget(took, budgets, this.#floorSeconds), withoutBudget(took, budgets)];
    if (unknown.length > 0) console.log(`\nWithout a budget in test/budgets.json: ${unknown.map(({ file }) => file).join(', ')}`);
    if (over.length === 0) return;
    console.log(
      `\nMore than half as much again as their budget in test/budgets.json (see test/README.md):\n${over.map(each => `  ${each.file}\n`).join('')}`,
    );
    if (NIGHTLY) process.exitCode = 1;
  }

  #write(took: readonly Took[], budgets: Budgets): void {
    const next = budgetsFrom(took, budgets, this.#floorSeconds, file => existsSync(join(ROOT, file)));
    writeFileSync(
      BUDGETS,
      `${JSON.stringify(next, undefined, 2).replace(/\{\n {6}("floors": \d+),\n {6}("seconds": [\d.]+)\n {4}\}/g, '{ $1, $2 }')}\n`,
    );
    console.log(`\nBudgets of ${took.length} files are written to test/budgets.json: read the difference before you commit it.`);
  }
}

const tookOf = (module: TestModule): Took => ({ file: module.relativeModuleId, seconds: module.diagnostic().duration / 1000 });
