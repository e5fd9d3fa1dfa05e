/** What AWS refuses, and no schema says: the AWS in memory, the recording server and moto refuse it, too. Each with its source. */

interface Refusal {
  readonly action: string;
  readonly refuses: (request: Readonly<Record<string, unknown>>) => boolean;
  readonly code: string;
  readonly message: string;
  readonly source: string;
}

const has = (name: string) => (request: Readonly<Record<string, unknown>>) => request[name] !== undefined && request[name] !== '';
/** A source that is named by an ARN is in another region. */
const isAcrossRegions = ({ SourceDBInstanceIdentifier }: Readonly<Record<string, unknown>>) =>
  String(SourceDBInstanceIdentifier).startsWith('arn:');

const REFUSALS: readonly Refusal[] = [
  {
    action: 'CreateDBInstanceReadReplica',
    refuses: request => isAcrossRegions(request) && has('DBParameterGroupName')(request),
    code: 'InvalidParameterCombination',
    message: "A parameter group can't be specified during Read Replica creation for the following DB engine: postgres",
    source: 'github.com/hashicorp/terraform-provider-aws/issues/38056; API_CreateDBInstanceReadReplica, DBParameterGroupName',
  },
  {
    action: 'CreateDBInstanceReadReplica',
    refuses: request => isAcrossRegions(request) && !has('KmsKeyId')(request),
    code: 'InvalidParameterValue',
    message: 'Cannot create a cross region read replica from an encrypted instance without a key of this region: KmsKeyId',
    source:
      'API_CreateDBInstanceReadReplica, KmsKeyId: "you must specify a KMS key identifier for the destination Amazon Web Services Region"',
  },
  {
    action: 'ModifyDBInstance',
    refuses: ({ PreferredBackupWindow: backup, PreferredMaintenanceWindow: maintenance }) =>
      backup !== undefined && maintenance !== undefined && String(maintenance).includes(`:${String(backup).slice(0, 5)}-`),
    code: 'InvalidParameterValue',
    message: 'The backup window and maintenance window must not overlap.',
    source: 'API_ModifyDBInstance, PreferredBackupWindow: "Must not conflict with the preferred maintenance window"',
  },
];

/** Why AWS refuses a request, as it says it; undefined when it does not. */
export const refusalOf = (action: string, request: object): Pick<Refusal, 'code' | 'message'> | undefined =>
  REFUSALS.find(each => each.action === action && each.refuses(request as Readonly<Record<string, unknown>>));

/** The body of that answer, as services with queries write it. */
export const refusalBody = ({ code, message }: Pick<Refusal, 'code' | 'message'>): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

/** The same of a request as it is sent: a query. */
export const refusalOfQuery = (body: string): Pick<Refusal, 'code' | 'message'> | undefined => {
  const { Action = '', ...request } = Object.fromEntries(new URLSearchParams(body));
  return refusalOf(Action, request);
};
