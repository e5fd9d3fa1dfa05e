import { tryParseV4 } from '../../ip.js';
import { isActive } from '../../load/checks/elements.js';
import type { Draft } from '../../load/draft.js';
import { problemAt, soundOf } from '../../load/entry.js';
import { shown } from '../../load/hint.js';
import type { Problem } from '../../problem.js';

/** Room for every number of the largest plan, and for the hosts of sites beside them. */
const UNDERLAY_BITS = 16;

/** Underlays have the size that addresses derive from, every Docker host is a daemon of its own, and every active site runs on one. */
export function checkDockerHosts({ dockerHosts, sites }: Draft): readonly Problem[] {
  const hosts = soundOf(dockerHosts);
  const named = hosts.flatMap(entry => entry.value.sites.map((site, index) => ({ entry, site, field: `sites.${index}` })));
  const active = soundOf(sites).filter(isActive);
  const complete = hosts.length === dockerHosts.entries.length && soundOf(sites).length === sites.entries.length;
  const known = new Set(active.map(({ key }) => Number(key)));
  return [
    ...hosts
      .filter(({ value }) => (tryParseV4(value.underlay)?.bits ?? UNDERLAY_BITS) !== UNDERLAY_BITS)
      .map(entry =>
        problemAt(entry, 'underlay', 'underlay-size', `found ${shown(entry.value.underlay)}: an underlay is a /16`, 'as 172.30.0.0/16'),
      ),
    ...hosts
      .filter(({ value }) => value.withoutTls !== undefined && !value.connect.startsWith('tcp:'))
      .map(entry =>
        problemAt(
          entry,
          'withoutTls',
          'nothing-in-clear',
          `${shown(entry.value.connect)} is not spoken in clear`,
          'take it out: only tcp:// can be',
        ),
      ),
    ...hosts.flatMap((entry, index) =>
      hosts
        .slice(0, index)
        .filter(other => daemonAt(other.value.connect) === daemonAt(entry.value.connect))
        .map(other =>
          problemAt(
            entry,
            'connect',
            'daemon-twice',
            `${other.path} is the same Docker daemon`,
            'give its sites to that one, and remove this one',
          ),
        ),
    ),
    ...named
      .filter(({ site }) => complete && !known.has(site))
      .map(({ entry, site, field }) => problemAt(entry, field, 'unknown-site', `there is no site ${site}`, 'take it out, or add the site')),
    ...named.flatMap(({ entry, site, field }, index) =>
      named
        .slice(0, index)
        .filter(other => other.site === site)
        .map(other =>
          problemAt(entry, field, 'site-on-two-hosts', `site ${site} runs on ${other.entry.path} already`, 'name it in one of them'),
        ),
    ),
    ...active
      .filter(({ key }) => complete && !named.some(({ site }) => site === Number(key)))
      .map(entry =>
        problemAt(
          entry,
          '',
          'site-without-docker-host',
          `site ${entry.key} runs on no Docker host`,
          'name it among the sites of one of `dockerHosts`',
        ),
      ),
  ];
}

/** One spelling for each daemon, as far as the text says: `/var/run` is a link to `/run`, and ssh's port is 22 when none is given. */
const daemonAt = (connect: string): string =>
  connect
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/^unix:\/\/\/var\/run\//, 'unix:///run/')
    .replace(/^(ssh:\/\/.*):22$/, '$1');
