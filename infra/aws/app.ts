/** A city's stacks, in the order in which they need each other; and their templates, for callers that read them without deploying. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, type AppProps, type Stack } from 'aws-cdk-lib/core';
import type { Deployment } from './plan/deployment.js';
import { monitorOf } from './plan/monitoring.js';
import type { SiteOnAws } from './plan/names.js';
import { checkAgainstPacks } from './policy/packs.js';
import { FoundationStack } from './stacks/foundation.js';
import { GlobalStack } from './stacks/global.js';
import { NetworkStack } from './stacks/network.js';
import { NodesStack, shardsAt } from './stacks/nodes.js';
import { SiteStack } from './stacks/site.js';

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
  const foundation = new FoundationStack(app, deployment);
  const site = (place: SiteOnAws) => new SiteStack(app, { deployment, place, monitor: monitorFiles(app, deployment, place) });
  const [here, there] = [site(primary), site(backup)];
  here.addStackDependency(foundation);
  there.addStackDependency(here);
  for (const [place, stack] of [[primary, here] as const, [backup, there] as const]) dataNetwork(app, deployment, place, stack, there);
  if (props.packs !== false) checkAgainstPacks(app);
  return app;
}

export interface AssemblyProps extends Pick<AppProps, 'outdir' | 'context'> {
  /** `false`: checks neither the rule packs nor the library's own rules, for callers that only read templates. */
  readonly packs?: boolean;
}

function dataNetwork(app: App, deployment: Deployment, place: SiteOnAws, site: Stack, last: Stack): void {
  const network = new NetworkStack(app, deployment, place);
  network.addStackDependency(site);
  for (const shard of shardsAt(deployment, place)) new NodesStack(app, deployment, place, shard).addStackDependency(network);
  const names = new GlobalStack(app, deployment, place);
  names.addStackDependency(site);
  // Stacks of two regions in one order: health checks look at the alarms of both sites.
  names.addStackDependency(last);
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
