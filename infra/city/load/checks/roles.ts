import { SITE_ROLES } from '../../identity.js';
import type { Problem } from '../../problem.js';
import type { Draft } from '../draft.js';
import { type LoadedEntry, problemAt, type Section, soundOf } from '../entry.js';
import { isActive } from './elements.js';

interface Playing {
  readonly role: string;
}

/** Each role is played by exactly one, and a host's slot is named once. */
export const checkRoles = ({ sites, externals }: Draft): readonly Problem[] => [
  ...eachOnce('sites', sites, SITE_ROLES),
  ...eachOnce('externals', externals, ['national', 'internet']),
  ...soundOf(sites).flatMap(site =>
    Object.entries(site.value.hosts).flatMap(([role, slots]) =>
      slots.flatMap((slot, index) =>
        slots.indexOf(slot) === index
          ? []
          : [
              problemAt(
                site,
                `hosts.${role}.${index}`,
                'duplicate-slot',
                `the slot ${slot} is given twice`,
                'a slot is the permanent place of one host',
              ),
            ],
      ),
    ),
  ),
];

function eachOnce(name: string, section: Section<Playing>, roles: readonly string[]): readonly Problem[] {
  const active = soundOf(section).filter(isActive);
  const allRead = section.complete && soundOf(section).length === section.entries.length;
  return roles.flatMap(role => {
    const [first, ...more] = active.filter(({ value }) => value.role === role);
    if (first === undefined) return allRead ? [missing(name, role, section.entries)] : [];
    return more.map(entry =>
      problemAt(entry, 'role', 'duplicate-role', `the role '${role}' is already that of ${first.path}`, 'exactly one has it'),
    );
  });
}

const missing = (name: string, role: string, entries: readonly LoadedEntry<unknown>[]): Problem => ({
  rule: 'missing-role',
  path: name,
  message: `none has the role '${role}'`,
  hint: 'exactly one has it',
  ...(entries[0] === undefined ? {} : { at: entries[0].at('') }),
});
