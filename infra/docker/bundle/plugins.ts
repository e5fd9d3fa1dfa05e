import { chmod, copyFile, link, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pluginPath, REGISTRIES } from '../deploy/terraform.js';

/**
 * Lays the docker plug-in out where terraform looks for it, and where tofu does, each under its own registry's name.
 *
 * Both are folders in their own right: neither program follows a link below the folder that it is given. The file is one, under two
 * names, and tar keeps it so.
 *
 * @see https://github.com/opentofu/opentofu/blob/main/internal/getproviders/filesystem_search.go SearchLocalDirectory
 */
export async function layPlugin(plugins: string, plugin: string): Promise<void> {
  const [terraform, tofu] = [REGISTRIES.terraform, REGISTRIES.tofu].map(registry => join(plugins, pluginPath(registry))) as [
    string,
    string,
  ];
  for (const file of [terraform, tofu]) await mkdir(dirname(file), { recursive: true });
  await copyFile(plugin, terraform);
  await chmod(terraform, 0o755);
  await link(terraform, tofu);
}
