import type { Problem } from '../../problem.js';
import type { Draft } from '../draft.js';
import { problemAt, soundOf } from '../entry.js';
import { shown, wordHint } from '../hint.js';
import { FIXED_ZONES } from '../schema.js';
import { isRetired } from './elements.js';

/** Flows name zones that exist, and ports exactly where the protocol has them. */
export function checkFlows({ flows, systems }: Draft): readonly Problem[] {
  const keys = soundOf(systems)
    .filter(system => !isRetired(system))
    .map(({ value }) => `system.${value.key}`);
  const zones = new Set([...FIXED_ZONES, ...keys]);
  const allRead = systems.complete && soundOf(systems).length === systems.entries.length;
  return soundOf(flows).flatMap(flow => {
    const { protocol, ports } = flow.value;
    const unknown = (['from', 'to'] as const).flatMap(side =>
      flow.value[side].flatMap((zone, index) =>
        zones.has(zone) || (zone.startsWith('system.') && !allRead)
          ? []
          : [
              problemAt(
                flow,
                `${side}.${index}`,
                zone.startsWith('system.') ? 'unknown-system' : 'unknown-zone',
                `there is no zone ${shown(zone)}`,
                wordHint(zone, zones),
              ),
            ],
      ),
    );
    if ((protocol === 'icmp') === (ports.length === 0)) return unknown;
    const message = protocol === 'icmp' ? 'icmp has no ports' : `${protocol} without ports`;
    return [...unknown, problemAt(flow, 'ports', 'ports', message, "'ports' lists the destination's ports for tcp and udp; icmp has none")];
  });
}
