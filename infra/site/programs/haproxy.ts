import { inBoth } from '../../city/addresses.js';
import { beforePort } from '../../city/ip.js';
import type { System } from '../../city/model.js';
import { secretFile } from '../host.js';
import { type IdentityPaths, identityOf, identitySecrets, revokedOf } from '../identity.js';
import { appPort, PORT } from '../ports.js';
import type { Program } from '../program.js';
import { type Machine, machinesOf, type Topology } from '../topology.js';

const CONFIG = '/etc/haproxy/haproxy.cfg';
const START = '/etc/haproxy/start';
/** Its certificate, and its key beside it under the name that HAProxy looks for. */
const OWN = { certificate: '/run/haproxy/edge.pem', key: '/run/haproxy/edge.pem.key' } as const;

/** A site's edge: every system on its service address in both families, and the way to the writer. Behind it a site speaks IPv4. */
export const haproxy: Program = {
  name: 'haproxy',
  packages: ['haproxy'],
  // For its chroot.
  capabilities: ['CAP_SYS_CHROOT'],
  connects: (topology, machine) => [
    ...machinesOf(topology, 'application', machine.node.number).flatMap(({ address }) =>
      topology.city.systems.map(({ key, number }) => ({
        to: address.v4,
        protocol: 'tcp' as const,
        port: appPort(number),
        why: `hands requests of ${key} on`,
      })),
    ),
    ...machinesOf(topology, 'database').flatMap(({ address }) => [
      { to: address.v4, protocol: 'tcp' as const, port: PORT.postgres, why: 'leads applications to the database' },
      { to: address.v4, protocol: 'tcp' as const, port: PORT.patroni, why: 'asks who may write' },
    ]),
  ],
  render: (topology, machine) => ({
    files: [
      { path: CONFIG, content: config(topology, machine), onChange: 'reload' },
      { path: START, content: startScript(identityOf('edge', machine.name)), onChange: 'restart' },
    ],
    processes: [{ name: 'haproxy', command: ['sh', START, '-W', '-db', '-f', CONFIG], reload: { signal: 'USR2' } }],
    secrets: [...identitySecrets('edge', machine.name, 'root', 'reload'), { name: revokedOf('edge'), owner: 'root', onChange: 'reload' }],
  }),
  lints: [{ command: ['sh', START, '-c', '-f', CONFIG], refuses: /\[(ALERT|WARNING)\]/ }],
};

// Links, so that a reload finds what has been renewed.
const startScript = ({ certificate, key }: IdentityPaths): string => `#!/bin/sh
set -eu
install -d -m 700 /run/haproxy
ln -sf ${certificate} ${OWN.certificate}
ln -sf ${key} ${OWN.key}
exec /usr/sbin/haproxy "$@"
`;

function config(topology: Topology, machine: Machine): string {
  const { systems } = topology.city;
  return [
    GLOBAL,
    ...systems.map(system => systemPart(topology, machine, system)),
    healthPart(machine, systems),
    metricsPart(machine),
    writerPart(topology, machine),
  ].join('\n');
}

// hard-stop-after: an old worker with long-lived database sessions would otherwise stay for ever after a reload.
// timeout check: without it, a check that a busy server answers later than `inter` counts as failed, and a writer that has just been
// promoted is busy; who is gone does not even accept the connection.
// Its first process stays root, for port 80 at every reload, and listens to none; those that do have no rights, and see an empty folder.
const GLOBAL = `global
  user haproxy
  group haproxy
  chroot /var/lib/haproxy
  log stdout format raw daemon notice
  maxconn 4000
  hard-stop-after 30s
  stats socket /run/haproxy.sock mode 600 level admin

defaults
  mode http
  log global
  option dontlognull
  option redispatch
  retries 2
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  timeout http-request 5s
  timeout check 2s
  default-server inter 1s downinter 500ms fall 2 rise 1
`;

const systemPart = (topology: Topology, machine: Machine, { key, number, port }: System): string => `frontend ${key}
${inBoth(family => `  bind ${beforePort(topology.plan.service(number)[family])}:${port}`).join('\n')}
  default_backend ${key}

backend ${key}
  balance roundrobin
  option httpchk GET /health
${machinesOf(topology, 'application', machine.node.number)
  .map(host => `  server ${host.name} ${host.address.v4}:${appPort(number)} check`)
  .join('\n')}
`;

const healthPart = ({ address }: Machine, systems: readonly System[]): string => `frontend health
  bind ${address.v4}:${PORT.edgeHealth}
  option dontlog-normal
${systems.map(({ key }) => `  http-request return status 200 content-type text/plain string up if { path /${key} } { nbsrv(${key}) ge 1 }`).join('\n')}
  http-request return status 503 content-type text/plain string down
`;

const metricsPart = ({ address }: Machine): string => `frontend metrics
  bind ${address.v4}:${PORT.edgeMetrics}
  http-request use-service prometheus-exporter if { path /metrics }
  http-request return status 404
`;

// Sessions to a host that lost the lease are closed at once: a client must not wait on a demoted writer.
// A server's certificate must be that server's own.
const writerPart = (topology: Topology, { name, address }: Machine): string => `listen writer
  mode tcp
  bind ${address.v4}:${PORT.writer}
  timeout client 10m
  timeout server 10m
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 check check-ssl verify required ca-file ${identityOf('edge', name).authority} crl-file ${secretFile(revokedOf('edge'))} crt ${OWN.certificate}
${machinesOf(topology, 'database')
  .map(
    host =>
      `  server ${host.name} ${host.address.v4}:${PORT.postgres} port ${PORT.patroni} verifyhost ${host.name} on-marked-down shutdown-sessions`,
  )
  .join('\n')}
`;
