import { ENDPOINT_SEGMENTS } from '../../identity.js';
import type { Problem } from '../../problem.js';
import type { Draft } from '../draft.js';
import { problemAt, type Sound, soundOf } from '../entry.js';
import { shown, wordHint } from '../hint.js';
import { FIXED_ZONES } from '../schema.js';
import { isActive } from './elements.js';

/** Flows name zones that exist, ports exactly where the protocol has them, and lead from no office to another. */
export function checkFlows({ flows, systems }: Draft): readonly Problem[] {
  const keys = soundOf(systems)
    .filter(isActive)
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
    const wrong = [...unknown, ...betweenOffices(flow)];
    if ((protocol === 'icmp') === (ports.length === 0)) return wrong;
    const message = protocol === 'icmp' ? 'icmp has no ports' : `${protocol} without ports`;
    return [...wrong, problemAt(flow, 'ports', 'ports', message, "'ports' lists the destination's ports for tcp and udp; icmp has none")];
  });
}

/** No filter lets office to office through, so a flow between them is a mistake. */
function betweenOffices(flow: Sound<FlowEntry>): readonly Problem[] {
  const from = flow.value.from.find(isOffices);
  if (from === undefined) return [];
  return flow.value.to.flatMap((to, index) =>
    isOffices(to)
      ? [
          problemAt(
            flow,
            `to.${index}`,
            'office-to-office',
            `from ${shown(from)} to ${shown(to)}: nothing leads from office to office, so that a worm in one ward stays there`,
            'lead both to a system, or remove the flow',
          ),
        ]
      : [],
  );
}

type FlowEntry = NonNullable<Draft['flows']['entries'][number]['value']>;

const isOffices = (zone: string): boolean => (ENDPOINT_SEGMENTS as readonly string[]).includes(zone);
