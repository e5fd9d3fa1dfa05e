/** The notices that a site's Alertmanager sends, as they are kept. */

import * as z from 'zod/mini';
import { absolutePath, port } from './configuration.js';
import { type Parsed, parseJson } from './json.js';

const fields = z.strictObject({
  schema: z.literal(1),
  /** On loopback only. */
  port,
  logPath: absolutePath,
  /** Metrics in Prometheus' text format, served as they are in the file at that moment. */
  metricsPath: absolutePath,
});
export type NoticesConfiguration = z.output<typeof fields>;
export const parseNoticesConfiguration = (text: string): Parsed<NoticesConfiguration> => parseJson(fields, text);

const texts = z.record(z.string(), z.string());
/** What of Alertmanager's webhook is kept; see its documentation, "webhook_config". */
const webhook = z.object({
  status: z.enum(['firing', 'resolved']),
  alerts: z.array(
    z.object({ status: z.enum(['firing', 'resolved']), labels: texts, annotations: texts, startsAt: z.string(), endsAt: z.string() }),
  ),
});
export type Webhook = z.output<typeof webhook>;
export const parseWebhook = (text: string): Parsed<Webhook> => parseJson(webhook, text);

/** One line of the log: one notification, which may speak of several alerts. */
export interface Notice extends Webhook {
  readonly schema: 1;
  /** ISO time. */
  readonly receivedAt: string;
}
