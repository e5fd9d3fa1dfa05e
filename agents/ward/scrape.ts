/** The agent's metrics for a technician at the machine: on loopback only, so the ward opens no port. */

import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.js';
import type { WardParts } from './parts.js';

/** Serves `GET /metrics` until the end. A port that another program has costs the scrape, not the measuring. */
export function openScrape({ configuration, world, metrics, atEnd }: WardParts, refresh: () => void): void {
  const server = scrapeServer(metrics, refresh);
  server.on('error', error => world.log('error', `no scrape: ${error.message}`));
  server.listen(configuration.metricsPort, '127.0.0.1');
  atEnd(() => server.close().closeAllConnections());
}

const scrapeServer = (metrics: Metrics, refresh: () => void): Server =>
  createServer(async (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end('known: GET /metrics\n');
    refresh();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.text());
  });
