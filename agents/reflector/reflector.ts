/** Answers an office's datagrams with this site's time, so that the office knows its path here and its clock's offset. */

import { createSocket, type Socket } from 'node:dgram';
import { decodeRequest, encodeReply } from '../contract/reflector.js';

/** A reflector that is bound nowhere yet. It does not answer what is no request, so it cannot be used against a third party. */
export function reflector(wallMs: () => number): Socket {
  const socket = createSocket('udp4');
  socket.on('message', (datagram, from) => {
    const request = decodeRequest(datagram);
    // Port 0 is forged, and sending to it throws.
    if (request === undefined || from.port === 0) return;
    socket.send(encodeReply(request, wallMs()), from.port, from.address, ignored);
  });
  return socket;
}

/** An answer that could not be sent is a lost datagram: the office counts it. */
const ignored = (): void => undefined;
