import { connect, type Socket } from 'node:net';

/** The address inside a host to which a connection is forwarded. */
interface PageTarget {
  readonly address: string;
  readonly port: number;
}

/**
 * Runs inside a host's network namespace: receives connections from the keeper, which accepted them outside, and forwards each to a
 * server inside. This works because a socket stays in the namespace in which it was created, also when another process holds it.
 */
export function relay(): Promise<void> {
  process.on('message', (target: PageTarget, client: Socket | undefined) => {
    // The client may have closed its connection while it was handed over.
    if (client !== undefined) join(client, target);
  });
  return new Promise(resolve => process.on('disconnect', resolve));
}

function join(client: Socket, { address, port }: PageTarget): void {
  const inner = connect(port, address);
  client.pipe(inner).pipe(client);
  client.on('error', () => inner.destroy());
  inner.on('error', () => client.destroy());
}
