import { type App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { CityChecks } from './own-pack.js';

/** Checks a city against every rule pack before it may be deployed. A finding that is not acknowledged ends the synthesis. */
export function checkAgainstPacks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new CityChecks(app));
}
