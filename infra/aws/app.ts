/** A city's stacks, in the order in which they need each other; and their templates, for callers that read them without deploying. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, type AppProps, type Stack } from 'aws-cdk-lib/core';
import type { Deployment } from './plan/deployment.js';
import { monitorOf } from './plan/monitoring.js';
import type { SiteOnAws } from './plan/names.js';
import { checkAgainstPacks } from './policy/packs.js';
import { DataStack } from './stacks/data.js';
import { FoundationStack } from './stacks/foundation.js';
import { GlobalStack } from './stacks/global.js';
import { NetworkStack } from './stacks/network.js';
import { NodesStack, shardsAt } from './stacks/nodes.js';
import { ApplicationsStack, MonitorStack, systemShards } from './stacks/services.js';

/** Feature flags of the library, chosen here so that its defaults decide nothing. */
const FEATURES = {
  '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true,
  /** The library's own rules end the synthesis, too. */
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  '@aws-cdk/core:enablePartitionLiterals': true,
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/customresources:installLatestAwsSdkDefault': false,
};

/**
 * The whole city as a CDK application; AWS is not contacted.
 *
 * @param props `outdir`: folder of the assembly and of the monitors' files; a temporary folder when it is absent
 */
export function cityApp(deployment: Deployment, props: AssemblyProps = {}): App {
  const app = new App({
    ...(props.outdir === undefined ? {} : { outdir: props.outdir }),
    context: { ...FEATURES, ...props.context },
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: props.packs !== false,
  });
  const { primary, backup } = deployment;
  // What the primary copies to is there before it; a copy of a database is made after what it is a copy of.
  const grounds = [
    new FoundationStack(app, deployment, backup),
    new FoundationStack(app, deployment, primary),
    new DataStack(app, deployment, primary),
    new DataStack(app, deployment, backup),
  ];
  for (const [index, stack] of grounds.entries()) if (index > 0) stack.addStackDependency(grounds[index - 1] as Stack);
  const services = [primary, backup].map(place => servicesAt(app, deployment, place));
  for (const stack of services.flat()) stack.addStackDependency(grounds.at(-1) as Stack);
  for (const place of [primary, backup])
    dataNetwork(app, deployment, place, { grounds: grounds.at(-1) as Stack, services: services.flat() });
  if (props.packs !== false) checkAgainstPacks(app);
  return app;
}

export interface AssemblyProps extends Pick<AppProps, 'outdir' | 'context'> {
  /** `false`: checks neither the rule packs nor the library's own rules, for callers that only read templates. */
  readonly packs?: boolean;
}

const servicesAt = (app: App, deployment: Deployment, place: SiteOnAws): readonly Stack[] => [
  new MonitorStack(app, { deployment, place, ...monitorFiles(app, deployment, place) }),
  ...systemShards(deployment).map(shard => new ApplicationsStack(app, deployment, place, shard)),
];

interface Before {
  readonly grounds: Stack;
  readonly services: readonly Stack[];
}

function dataNetwork(app: App, deployment: Deployment, place: SiteOnAws, { grounds, services }: Before): void {
  const network = new NetworkStack(app, deployment, place);
  network.addStackDependency(grounds);
  for (const shard of shardsAt(deployment, place)) new NodesStack(app, deployment, place, shard).addStackDependency(network);
  const names = new GlobalStack(app, deployment, place);
  // Health checks look at the alarms of both sites.
  for (const stack of services) names.addStackDependency(stack);
}

/** Writes a monitor's files where the library takes them from. */
function monitorFiles(app: App, deployment: Deployment, place: SiteOnAws) {
  const { files, processes } = monitorOf(deployment.city, place);
  const configurationFolder = join(app.outdir, `monitor-s${place.site.number}`);
  for (const { path, content } of files) {
    mkdirSync(dirname(join(configurationFolder, path)), { recursive: true });
    writeFileSync(join(configurationFolder, path), content);
  }
  return { configurationFolder, processes };
}

/** A CloudFormation template, as data. */
export interface CloudTemplate {
  readonly Description?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, CloudResource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}
export interface CloudResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

export type Templates = ReadonlyMap<string, CloudTemplate>;
/** A function that makes templates: {@link templatesOf}, or one that caches them. */
export type Synthesis = (deployment: Deployment) => Templates;

/** The template of every stack by its name, in the order of deployment. Leaves no files behind. */
export function templatesOf(deployment: Deployment): Templates {
  const outdir = mkdtempSync(join(tmpdir(), 'citydc-templates-'));
  try {
    const { stacks } = cityApp(deployment, { packs: false, outdir }).synth();
    return new Map(stacks.map(({ stackName, template }) => [stackName, template as CloudTemplate]));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
