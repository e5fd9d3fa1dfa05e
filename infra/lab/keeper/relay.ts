import { connect, type Server, type Socket } from 'node:net';

/** A page of a host: which of its addresses a listening socket of this machine leads to. */
export interface PageTarget {
  readonly address: string;
  readonly port: number;
}

/**
 * Runs inside a host's network namespace: takes listening sockets from the keeper, which made them outside, and leads every
 * connection to a server in here. A socket belongs to the namespace in which it was made, whoever accepts on it.
 */
export function relay(): Promise<void> {
  process.on('message', (target: PageTarget, server: Server | undefined) => {
    server?.on('connection', (client: Socket) => join(client, target));
  });
  return new Promise(resolve => process.on('disconnect', resolve));
}

function join(client: Socket, { address, port }: PageTarget): void {
  const inner = connect(port, address);
  client.pipe(inner).pipe(client);
  client.on('error', () => inner.destroy());
  inner.on('error', () => client.destroy());
}
