import { type App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { CityChecks } from './own-pack.js';

/** Every pack that a city is held against before it may be deployed. A finding that nobody has acknowledged ends the synthesis. */
export function holdAgainstPacks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new CityChecks(app));
}
