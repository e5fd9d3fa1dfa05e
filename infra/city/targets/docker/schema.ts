/** The form of an entry of the section `dockerHosts` of city.yaml. */

import * as z from 'zod';
import { LIMITS } from '../../addresses.js';
import { whole } from '../../load/cells.js';

export const dockerHost = z.strictObject({
  connect: z
    .string()
    .regex(/^(unix:\/\/\/|ssh:\/\/[^/]|tcp:\/\/[^/]+:\d+$)/, 'unix:///var/run/docker.sock, ssh://operator@host or tcp://host:2376')
    .describe('Where its Docker daemon listens: unix:///SOCKET, ssh://USER@HOST, or tcp://HOST:PORT with TLS.'),
  underlay: z.string().describe('IPv4 prefix /16 of its own, outside the address plan: containers lay the lines of the city over it.'),
  device: z.string().optional().describe('Its network device on the data network; absent, the underlay is a bridge of its own.'),
  sites: z
    .array(whole(1, LIMITS.sites))
    .min(1, 'at least one site')
    .describe('The sites that it runs; what is in no site runs with the primary.'),
});
