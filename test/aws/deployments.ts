import { type CloudTemplate, templatesOf } from '../../infra/aws/app.js';
import { type Choices, type Deployment, deploymentOf } from '../../infra/aws/deployment.js';
import type { AwsPosture } from '../../infra/city/aws.js';
import type { City } from '../../infra/city/model.js';

// The library's own validation takes seconds, and test/aws/policy.test.ts asks for it.
process.env.CDK_VALIDATION = 'false';

/** An account of nobody's. */
export const ACCOUNT = '111122223333';

export const deployed = (city: City, choices: Choices = {}): Deployment =>
  deploymentOf(city, { account: ACCOUNT, ...choices }, () => undefined);

/** Templates without what is a digest of files: the monitors' files have golden files of their own. */
export const templates = (city: City, posture?: AwsPosture): ReadonlyMap<string, CloudTemplate> =>
  new Map([...templatesOf(deployed(city, posture === undefined ? {} : { posture }))].map(([name, template]) => [name, pruned(template)]));

const pruned = (template: CloudTemplate): CloudTemplate =>
  JSON.parse(JSON.stringify(template).replace(/[0-9a-f]{64}\.(zip|json)/g, 'DIGEST.$1')) as CloudTemplate;

/** All resources of a type, over all stacks, with the stack's name before their own. */
export const resourcesOf = (
  all: ReadonlyMap<string, CloudTemplate>,
  type: string,
): ReadonlyMap<string, Readonly<Record<string, unknown>>> =>
  new Map(
    [...all].flatMap(([stack, { Resources }]) =>
      Object.entries(Resources)
        .filter(([, { Type }]) => Type === type)
        .map(([id, { Properties = {} }]) => [`${stack}/${id}`, Properties] as const),
    ),
  );
