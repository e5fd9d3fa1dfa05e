import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { owned } from '../constructs/tags.js';
import type { Deployment } from '../plan/deployment.js';
import { parameterName, type SharedIdentifier, type SiteOnAws, type StackKind, stackName } from '../plan/names.js';
import { acknowledge } from '../policy/acknowledge.js';

export interface CityStackProps {
  readonly deployment: Deployment;
  readonly place: SiteOnAws;
  readonly kind: StackKind;
  readonly description: string;
  /** Whether it holds what must not be lost: then it cannot be deleted by mistake. */
  readonly stateful: boolean;
}

/** What all stacks of a city are: at one site, with its owner, and with what AWS numbers handed on by names that are known before. */
export class AwsStack extends Stack {
  readonly deployment: Deployment;
  readonly place: SiteOnAws;

  constructor(scope: Construct, { deployment, place, kind, description, stateful }: CityStackProps) {
    super(scope, stackName(place, kind), propsOf(place, description, stateful));
    this.deployment = deployment;
    this.place = place;
    acknowledge(this, "a policy that is one role's own goes with it, and nobody else can take it", 'NIST.800.53.R5-IAMNoInlinePolicy');
    owned(this, { owner: deployment.city.aws.owner, tier: 'shared' });
  }

  /** Leaves an identifier for the stacks after this one in the same region. An export could never change again. */
  protected handOn(what: SharedIdentifier, value: string): void {
    new StringParameter(this, `Handed-${what}`, { parameterName: parameterName(this.place, what), stringValue: value });
  }

  /** What an earlier stack of this region has left, read at deployment. */
  protected handed(what: SharedIdentifier): string {
    return StringParameter.valueForStringParameter(this, parameterName(this.place, what));
  }

  /** Told to the operator at the end of a deployment. */
  protected tell(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}

const propsOf = ({ account, region }: SiteOnAws, description: string, stateful: boolean): StackProps => ({
  env: { account, region },
  description,
  terminationProtection: stateful,
  analyticsReporting: false,
});
