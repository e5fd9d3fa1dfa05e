import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Admission, SecurityRule } from '../plan/admission.js';

export interface AdmittingGroupProps {
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  readonly admission: Admission;
}

/** A security group that lets through what an admission says and nothing else; rules are part of the group. */
export const admittingGroup = (
  scope: Construct,
  id: string,
  { vpcId, name, description, admission }: AdmittingGroupProps,
): CfnSecurityGroup =>
  new CfnSecurityGroup(scope, id, {
    vpcId,
    groupName: name,
    groupDescription: printable(description),
    securityGroupIngress: admission.ingress.map(rule),
    // Without a rule AWS would let everything out.
    securityGroupEgress: admission.egress.length === 0 ? [NOTHING] : admission.egress.map(rule),
  });

const rule = ({ cidr, protocol, from, to, why }: SecurityRule) => ({
  cidrIp: cidr,
  ipProtocol: protocol,
  fromPort: from,
  toPort: to,
  description: printable(why),
});

/** A rule that no packet matches. */
const NOTHING = { cidrIp: '255.255.255.255/32', ipProtocol: 'icmp', fromPort: 252, toPort: 86, description: 'nothing' };

/** The characters that AWS takes in a description. */
const printable = (text: string): string => text.replace(/[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/g, '').slice(0, 255);
