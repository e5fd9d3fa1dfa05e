import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { owned } from '../constructs/tags.js';
import type { Deployment } from '../plan/deployment.js';
import { parameterName, type SharedIdentifier, type SiteOnAws, type StackKind, stackName } from '../plan/names.js';
import { protectionOf } from '../plan/protection.js';
import { acknowledge } from '../policy/acknowledge.js';

export interface CityStackProps {
  readonly deployment: Deployment;
  readonly place: SiteOnAws;
  readonly kind: StackKind;
  readonly description: string;
  /** Whether it has what must not be lost: then, in production, it cannot be deleted by mistake. */
  readonly stateful: boolean;
}

/** A stack of a city: at one site, tagged with its owner; identifiers that AWS assigns are passed on by parameters with computed names. */
export class AwsStack extends Stack {
  readonly deployment: Deployment;
  readonly place: SiteOnAws;

  constructor(scope: Construct, { deployment, place, kind, description, stateful }: CityStackProps) {
    super(scope, stackName(place, kind), propsOf(place, description, stateful && protectionOf(deployment.city.aws).deletion));
    this.deployment = deployment;
    this.place = place;
    acknowledge(
      this,
      'an inline policy of one role is deleted with it and cannot be attached to another',
      'NIST.800.53.R5-IAMNoInlinePolicy',
    );
    owned(this, { owner: deployment.city.aws.owner, tier: 'shared' });
  }

  /** Publishes an identifier for later stacks of the same region, by a parameter: the value of an export could not change while it is used. */
  protected publish(what: SharedIdentifier, value: string): void {
    new StringParameter(this, `Handed-${what}`, { parameterName: parameterName(this.place, what), stringValue: value });
  }

  /** What an earlier stack of this region has published, read at deployment. */
  protected published(what: SharedIdentifier): string {
    return StringParameter.valueForStringParameter(this, parameterName(this.place, what));
  }

  /** Shows a value to the operator at the end of a deployment. */
  protected output(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}

const propsOf = ({ account, region }: SiteOnAws, description: string, terminationProtection: boolean): StackProps => ({
  env: { account, region },
  description,
  terminationProtection,
  analyticsReporting: false,
});
