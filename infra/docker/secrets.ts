import { identitiesOf } from '../fabric/pki/identity.js';
import { secretStore } from '../image/secrets.js';
import type { Layout } from '../site/host.js';
import type { Topology } from '../site/topology.js';

/** Makes those of a city's secrets that are missing or due. The stack has the names of their files, and no values. */
export const makeSecrets = (
  { layout, topology }: { readonly layout: Layout; readonly topology: Topology },
  folder: string,
  note: (text: string) => void,
): Promise<void> => secretStore(folder, identitiesOf(topology), note).ready(layout.hosts);
