import type { Host } from './host.js';

/** What every host's init and processes need; a program may ask for more. */
const CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'NET_ADMIN',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETGID',
  'SETPCAP',
  'SETUID',
].map(name => `CAP_${name}`);

/** All that a host's container may do. */
export const capabilitiesOf = ({ capabilities }: Pick<Host, 'capabilities'>): readonly string[] => [...CAPABILITIES, ...capabilities];

/** PostgreSQL's own programs first: Debian's `psql` is a Perl wrapper that takes longer than most queries. */
const PATH = 'PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
export const ENVIRONMENT: readonly string[] = [PATH, 'LANG=C.UTF-8', 'HOME=/root', 'TERM=xterm'];

/**
 * Offices are machines of their own; on one machine 138 of them that start at once may delay no router, and yet a client in one of them
 * must not be the one that waits. Measured: with 1024 BFD sessions fail while agents start, with 4 a client's outage is twice as long.
 */
const OFFICE_CPU_SHARES = 64;
const CPU_SHARES = 1024;

export const cpuSharesOf = ({ role }: Pick<Host, 'role'>): number => (role === 'office' ? OFFICE_CPU_SHARES : CPU_SHARES);
