import type { Program } from '../program.js';

const CONFIG = '/etc/prometheus/blackbox.yml';

/** Looks at every office from outside: "the office is gone" and "its agent is silent" are different facts. */
export const blackbox: Program = {
  name: 'blackbox',
  packages: ['prometheus-blackbox-exporter'],
  render: () => ({
    files: [{ path: CONFIG, content: MODULES, onChange: 'reload' }],
    processes: [
      {
        name: 'blackbox',
        // Forty probes a second, each gone at once: with Go's default its few megabytes are searched for garbage four times a second.
        environment: { GOGC: '800' },
        command: ['/usr/bin/prometheus-blackbox-exporter', `--config.file=${CONFIG}`, '--log.level=warn'],
        reload: { signal: 'HUP' },
      },
    ],
  }),
  lints: [{ command: ['/usr/bin/prometheus-blackbox-exporter', `--config.file=${CONFIG}`, '--config.check'] }],
};

const MODULES = `modules:
  icmp:
    prober: icmp
    timeout: 1500ms
    icmp:
      preferred_ip_protocol: ip4
`;
