import { stringify } from 'yaml';
import type { Program } from '../program.js';

const CONFIG = '/etc/prometheus/blackbox.yml';

/** How a probe asks; jobs of Prometheus name it. See the exporter's CONFIGURATION.md. */
interface Module {
  readonly prober: 'icmp' | 'tcp';
  readonly timeout: string;
  readonly icmp?: { readonly preferred_ip_protocol: 'ip4' };
}
/** Shorter than the two seconds between two evaluations of the rules. */
export const PROBE_TIMEOUT = '1500ms';
const ICMP: Module = { prober: 'icmp', timeout: PROBE_TIMEOUT, icmp: { preferred_ip_protocol: 'ip4' } };

/** Looks at every office from outside: "the office is gone" and "its agent is silent" are different facts. */
export const blackbox: Program = blackboxWith({});

/** The same with more modules, for a target whose jobs ask otherwise. */
export function blackboxWith(modules: Readonly<Record<string, Module>>): Program {
  return {
    name: 'blackbox',
    packages: ['prometheus-blackbox-exporter'],
    // Prometheus says what it probes.
    connects: () => [],
    render: () => ({
      files: [{ path: CONFIG, content: stringify({ modules: { icmp: ICMP, ...modules } }), onChange: 'reload' }],
      processes: [
        {
          name: 'blackbox',
          // Forty probes a second, each gone at once: with Go's default its few megabytes are searched for garbage four times a second.
          environment: { GOGC: '800' },
          // Sockets that only ping are open to every group here (`ping_group_range`), so it needs no right of root's.
          user: 'prometheus',
          command: ['/usr/bin/prometheus-blackbox-exporter', `--config.file=${CONFIG}`, '--log.level=warn'],
          reload: { signal: 'HUP' },
        },
      ],
    }),
    lints: [{ command: ['/usr/bin/prometheus-blackbox-exporter', `--config.file=${CONFIG}`, '--config.check'] }],
  };
}
