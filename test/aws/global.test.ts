/** Names of systems. */

import { expect, test } from 'vitest';
import { canTho } from '../site/cities.js';
import { resourcesOf, templates } from './deployments.js';

const all = templates(canTho);

test('a name leads to no site whose alarm cannot see it: not to a pilot light that never ran, nor to a region that is lost', () => {
  const checks = [...resourcesOf(all, 'AWS::Route53::HealthCheck').values()];
  expect(checks).toHaveLength(4 * canTho.systems.length);
  for (const { HealthCheckConfig } of checks) expect(HealthCheckConfig).toMatchObject({ InsufficientDataHealthStatus: 'Unhealthy' });
});
