/** Names of systems, and the plan that switches regions. */

import { describe, expect, test } from 'vitest';
import { canTho } from '../site/cities.js';
import { resourcesOf, templates } from './deployments.js';

const all = templates(canTho);

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}
/** Action → the resources that it is granted on, of a role's own policy. */
function grantsOf(role: string): ReadonlyMap<string, string> {
  const [policy] = [...resourcesOf(all, 'AWS::IAM::Policy')].filter(([id]) => id.startsWith(`can-tho-s2-global/${role}`));
  const { Statement = [] } = (policy?.[1].PolicyDocument ?? {}) as { readonly Statement?: readonly Statement[] };
  return new Map(Statement.flatMap(({ Action, Resource }) => [Action].flat().map(action => [action, JSON.stringify(Resource)] as const)));
}

describe('region switch', () => {
  test('the approver may approve steps of this plan, and no more', () =>
    expect([...grantsOf('ApprovalRole')]).toEqual([
      ['arc-region-switch:ApprovePlanExecutionStep', JSON.stringify({ 'Fn::GetAtt': ['Switch', 'Arn'] })],
    ]));

  test("what executes it may what AWS's samples grant: on the city's own where things have names", () => {
    const grants = grantsOf('SwitchRole');
    const on = (resource: string) => [...grants].filter(([, resources]) => resources === resource).map(([action]) => action);
    const databases = JSON.stringify([
      'arn:aws:rds:ap-southeast-1:111122223333:db:can-tho-s1-database',
      'arn:aws:rds:ap-southeast-7:111122223333:db:can-tho-s2-database',
    ]);
    expect(on(databases).toSorted()).toEqual(['rds:DescribeDBInstances', 'rds:ModifyDBInstance', 'rds:PromoteReadReplica']);
    expect(on('"*"').toSorted()).toEqual([
      'application-autoscaling:DescribeScalableTargets',
      'application-autoscaling:RegisterScalableTarget',
      'cloudwatch:GetMetricStatistics',
      'ecs:ListServices',
    ]);
    expect(on('"arn:aws:arc-region-switch::111122223333:plan/can-tho-s2-switch:*"').toSorted()).toEqual([
      'arc-region-switch:GetPlan',
      'arc-region-switch:GetPlanExecution',
      'arc-region-switch:ListPlanExecutions',
    ]);
    expect(grants.get('iam:SimulatePrincipalPolicy')).toMatch(/"SwitchRole\w+","Arn"/);
    for (const action of ['ecs:DescribeServices', 'ecs:UpdateService', 'ecs:DescribeClusters'])
      expect(grants.get(action)).toContain('arn:aws:ecs:ap-southeast-7:111122223333:service/can-tho-s2/can-tho-s2-portal');
    expect(grants.size).toBe(14);
  });

  test('the plan comes after the rights: AWS tries them when it makes it', () => {
    expect(all.get('can-tho-s2-global')?.Resources.Switch?.DependsOn).toEqual(
      expect.arrayContaining([expect.stringMatching(/^SwitchRoleDefaultPolicy/)]),
    );
  });
});
