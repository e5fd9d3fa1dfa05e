/** The form of an entry of the section `dockerHosts` of city.yaml. */

import * as z from 'zod';
import { LIMITS } from '../../addresses.js';
import { whole } from '../../load/cells.js';

const HOST = String.raw`(?:[A-Za-z0-9][\w.-]*|\[[0-9A-Fa-f:.]+\])`;
/** To its end, without a blank or a line break; and what ssh could take for an option is no user and no host. */
const CONNECT = new RegExp(
  String.raw`^(?:unix:///[\w@%+=:,./-]+|ssh://(?:[A-Za-z_][\w.-]*@)?${HOST}(?::\d{1,5})?(?:/[\w@%+=:,./-]*)?|tcp://${HOST}:\d{1,5})$`,
);

export const dockerHost = z.strictObject({
  connect: z
    .string()
    .regex(CONNECT, 'unix:///var/run/docker.sock, ssh://operator@host or tcp://host:2376')
    .describe('Where its Docker daemon listens: unix:///SOCKET, ssh://USER@HOST, or tcp://HOST:PORT with TLS.'),
  withoutTls: z
    .string()
    .trim()
    .min(1, 'the reason')
    .optional()
    .describe(
      'Why tcp:// is spoken in clear here: who reads or changes that traffic is root there and has every secret. Absent: with TLS only.',
    ),
  underlay: z.string().describe('IPv4 prefix /16 of its own, outside the address plan: containers lay the lines of the city over it.'),
  device: z.string().optional().describe('Its network device on the data network; absent, the underlay is a bridge of its own.'),
  sites: z
    .array(whole(1, LIMITS.sites))
    .min(1, 'at least one site')
    .describe('The sites that it runs; what is in no site runs with the primary.'),
});
