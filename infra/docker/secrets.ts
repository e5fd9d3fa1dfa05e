import { secretStore } from '../image/secrets.js';
import type { Layout } from '../site/host.js';

/** Makes what is missing of a city's secrets, each once: a stack names their files, and holds none of them. */
export async function makeSecrets({ hosts }: Layout, folder: string): Promise<void> {
  const store = secretStore(folder);
  for (const { secrets } of hosts) for (const { name } of secrets) await store.value(name);
}
