import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { imageName } from '../names.js';

/** What an operator may set when applying; all have defaults. */
export interface Variables {
  readonly imageName: string;
  readonly secrets: string;
  readonly logDriver: string;
  /** Folder of the certificates for Docker hosts at `tcp://`; empty where there is none of them. */
  readonly certificates: string;
}

export interface VariableDefaults {
  /** The image's tag: the digest of its content. */
  readonly image: string;
  /** The folder of secrets, from the stack's own. */
  readonly secrets: string;
  /** Whether a Docker host is spoken to over TLS: then terraform refuses to work without certificates. */
  readonly overTls: boolean;
}

/** Declares the variables in a stack, with their defaults. @returns references to them */
export function variablesOf(scope: Construct, defaults: VariableDefaults): Variables {
  const text = (name: string, description: string, value: string) =>
    new TerraformVariable(scope, name, { type: 'string', description, default: value }).stringValue;
  const registry = text('registry', 'Mirror that holds the image, with a slash at its end; empty: it was loaded on every Docker host.', '');
  const tag = text('image', 'Tag of the image of all hosts: the digest of its content.', defaults.image);
  return {
    imageName: `${registry}${imageName(tag)}`,
    secrets: text('secrets', 'Folder of the secrets that citydc has made.', defaults.secrets),
    logDriver: text('log_driver', "Docker's log driver; hosts keep the logs of their processes themselves.", 'json-file'),
    certificates: certificatesOf(scope, defaults.overTls),
  };
}

const CERTIFICATES = 'docker_certificates';

/** The plug-in would speak in clear without them. */
function certificatesOf(scope: Construct, areNeeded: boolean): string {
  const description = 'Folder of ca.pem, cert.pem and key.pem for Docker hosts at tcp://.';
  const errorMessage = `A Docker host at tcp:// is spoken to over TLS only: -var ${CERTIFICATES}=FOLDER, as ~/.docker.`;
  const validation = [{ condition: `\${var.${CERTIFICATES} != ""}`, errorMessage }];
  const checked = areNeeded ? { validation } : {};
  return new TerraformVariable(scope, CERTIFICATES, { type: 'string', description, default: '', ...checked }).stringValue;
}
