import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';
import { type CloudTemplate, type Synthesis, type Templates, templatesOf } from '../../infra/aws/app.js';
import { type Deployment, deploymentOf } from '../../infra/aws/plan/deployment.js';
import type { City } from '../../infra/city/model.js';
import type { AwsPlan, AwsPosture } from '../../infra/city/targets/aws/plan.js';

/** An account of nobody's. */
export const ACCOUNT = '111122223333';

export const deployed = (city: City, changes: Partial<Pick<AwsPlan, 'posture' | 'stage'>> = {}): Deployment =>
  deploymentOf({ ...city, aws: city.aws && { ...city.aws, ...changes } }, { account: ACCOUNT }, () => undefined);

const remembered = new Map<string, Templates>();

/** Templates of a deployment, synthesised once a worker however many tests ask: a city is known by its whole content. */
export const synthesised: Synthesis = deployment => {
  const key = createHash('sha256').update(serialize(deployment)).digest('hex');
  const known = remembered.get(key) ?? templatesOf(deployment);
  remembered.set(key, known);
  return known;
};

/** Templates without what is a digest of files: the monitors' files have golden files of their own. */
export const templates = (city: City, posture?: AwsPosture): ReadonlyMap<string, CloudTemplate> =>
  new Map([...synthesised(deployed(city, posture === undefined ? {} : { posture }))].map(([name, template]) => [name, pruned(template)]));

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
