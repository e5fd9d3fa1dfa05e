import type { IncomingMessage } from 'node:http';

/**
 * A request's body as text; undefined when it is longer than `mostBytes`, which is known as soon as it is, and nothing more is kept.
 *
 * @throws when the sender went away before its end
 */
export async function bodyOf(request: IncomingMessage, mostBytes: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  // Not destroyed on the way out: the sender would see a broken connection instead of the refusal.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
