/** Configuration of the ward agent: one in every office. */

import * as z from 'zod/mini';
import { absolutePath, port, siteName, systemKey } from './configuration.js';
import { type Parsed, parseJson } from './json.js';

const endpointName = z.string().check(z.regex(/^e\d+$/, 'an endpoint is named e and its number, as e131'));
const seconds = z.number().check(z.minimum(1), z.maximum(86_400));
const count = z.int().check(z.minimum(0));
const socket = { address: z.ipv4(), port };

const fields = z.strictObject({
  schema: z.literal(1),
  endpoint: endpointName,
  /** The office's own address that measurements leave from. */
  source: z.ipv4(),
  /** Own metrics, on loopback only. */
  metricsPort: port,
  /** Absolute; outlives a power-off: the last good configuration and the equipment inventory are stored here. */
  stateFolder: absolutePath,
  /** Only its form is looked at here: to know all zones costs an agent's start 40 ms and 8 MB. */
  timeZone: z.string().check(z.regex(/^[A-Za-z]+(\/[\w+-]+)*$/, 'not a time zone, as Asia/Ho_Chi_Minh')),
  sites: z
    .array(
      z.strictObject({
        site: siteName,
        push: z.url({ protocol: /^http$/, error: 'an http URL is wanted' }),
        reflector: z.strictObject(socket),
      }),
    )
    .check(z.minLength(1)),
  systems: z.array(z.strictObject({ system: systemKey, ...socket })),
  /** What is not ours: `national` over the data network, `internet` over the office's own line. */
  targets: z.array(z.strictObject({ target: z.enum(['national', 'internet']), ...socket })),
  intervals: z.strictObject({ pathSeconds: seconds, systemsSeconds: seconds, equipmentSeconds: seconds, pushSeconds: seconds }),
  /** When the nightly inventory of equipment is taken, as five cron fields in the office's time zone. */
  inventoryAt: z.string().check(z.regex(/^\S+( \S+){4}$/, 'five cron fields are wanted, as 30 1 * * *')),
  /** Devices that the inventory expects; the agent reports what is missing. */
  expected: z.strictObject({ scanner: count, printer: count }),
});
export type WardConfiguration = z.output<typeof fields>;
export const parseWardConfiguration = (text: string): Parsed<WardConfiguration> => parseJson(fields, text);
