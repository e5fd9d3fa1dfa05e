/** The findings of the packs as a list of problems, in place of the library's stack trace. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib/core';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { InputError, type Problem } from '../../city/problem.js';

/** The library's report, as far as we read it. */
interface Report {
  readonly pluginReports: readonly {
    readonly pluginName?: string;
    readonly violations: readonly Violation[];
  }[];
}
interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly severity?: string;
  readonly violatingConstructs: readonly { readonly constructPath?: string }[];
}

/** The assembly of an app. @throws {InputError} with every finding of a pack that is not acknowledged */
export function synthesised(app: App): CloudAssembly {
  try {
    return app.synth();
  } catch (error) {
    const problems = (error as Error).name === 'ValidationFailed' ? findingsIn(app.outdir) : [];
    if (problems.length === 0) throw error;
    throw new InputError(problems);
  }
}

function findingsIn(outdir: string): readonly Problem[] {
  const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
  return pluginReports.flatMap(({ pluginName = 'library', violations }) =>
    violations.filter(({ severity }) => severity === 'error').flatMap(violation => problemsOf(pluginName, violation)),
  );
}

const problemsOf = (pack: string, { ruleName, description, violatingConstructs }: Violation): readonly Problem[] =>
  violatingConstructs.map(({ constructPath = 'app' }) => ({
    rule: ruleName,
    path: constructPath,
    message: `${description.replace(/ - \(Control IDs:.*$/, '').replace(/\.$/, '')} (${pack})`,
    hint: `change the resource, or acknowledge '${ruleName}' at it with a reason (infra/aws/policy/acknowledge.ts)`,
  }));
