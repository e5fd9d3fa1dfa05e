import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export interface AlarmProps {
  readonly name: string;
  readonly description: string;
  readonly metric: { readonly namespace: string; readonly name: string; readonly dimensions: Readonly<Record<string, string>> };
  readonly statistic: 'Average' | 'Minimum' | 'Maximum' | 'Sum';
  readonly fires: { readonly when: 'above' | 'below'; readonly threshold: number; readonly minutes: number };
  /** `breaching`: missing data counts as a breach. */
  readonly missing: 'breaching' | 'notBreaching';
  readonly topicArn: string;
}

const COMPARISON = { above: 'GreaterThanThreshold', below: 'LessThanThreshold' } as const;

/** An alarm that notifies the topic when it fires and when it is over. */
export const alarm = (
  scope: Construct,
  id: string,
  { name, description, metric, statistic, fires, missing, topicArn }: AlarmProps,
): CfnAlarm =>
  new CfnAlarm(scope, id, {
    alarmName: name,
    alarmDescription: description,
    namespace: metric.namespace,
    metricName: metric.name,
    dimensions: Object.entries(metric.dimensions).map(([key, value]) => ({ name: key, value })),
    statistic,
    period: 60,
    evaluationPeriods: fires.minutes,
    datapointsToAlarm: fires.minutes,
    threshold: fires.threshold,
    comparisonOperator: COMPARISON[fires.when],
    treatMissingData: missing,
    actionsEnabled: true,
    alarmActions: [topicArn],
    okActions: [topicArn],
  });
