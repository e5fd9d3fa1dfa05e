import { connect, type Socket } from 'node:net';

/** A page of a host: which of its addresses a connection to this machine leads to. */
interface PageTarget {
  readonly address: string;
  readonly port: number;
}

/**
 * Runs inside a host's network namespace: takes connections from the keeper, which accepted them outside, and leads each
 * to a server in here. A socket belongs to the namespace in which it was made, whoever holds it.
 */
export function relay(): Promise<void> {
  process.on('message', (target: PageTarget, client: Socket | undefined) => {
    // The caller may have left while its connection was on the way to us.
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
