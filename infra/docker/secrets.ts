import { secretStore } from '../image/secrets.js';
import type { Layout } from '../site/host.js';

/** Makes those of a city's secrets that are missing. The stack has the names of their files, and no values. */
export async function makeSecrets({ hosts }: Layout, folder: string): Promise<void> {
  const store = secretStore(folder);
  for (const { secrets } of hosts) for (const { name } of secrets) await store.value(name);
}
