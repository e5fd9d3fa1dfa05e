/** What services do with a change that CloudFormation hands on: what they refuse, and what stops meanwhile. Pure. */

/** RDS takes a larger disk from a tenth more on; it takes no smaller one. */
const leastGrowth = (gib: number): number => Math.ceil((gib * 11) / 10);

/**
 * Why a service refuses a change of a property.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html, AllocatedStorage
 */
export function refusalOf(type: string, property: string, before: unknown, after: unknown): string | undefined {
  if (type !== 'AWS::RDS::DBInstance' || property !== 'AllocatedStorage') return undefined;
  const [was, is] = [Number(before), Number(after)];
  if (is < was) return `RDS makes no disk smaller: ${was} GiB to ${is}`;
  const least = leastGrowth(was);
  return is > was && is < least ? `RDS makes a disk larger from a tenth on: ${was} GiB to ${least} or more` : undefined;
}

/**
 * Properties whose change in place stops something.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html, "Settings for DB instances"
 */
const INTERRUPTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::RDS::DBInstance': {
    DBInstanceClass: 'the database restarts',
    EngineVersion: 'the database restarts',
    DBParameterGroupName: 'the database must be restarted to take it',
  },
  'AWS::ECS::Service': { TaskDefinition: 'tasks are replaced one after the other' },
};

export const interruptionBy = (type: string, property: string): string | undefined => INTERRUPTS[type]?.[property];
