import type { Problem } from '../../problem.js';
import { TARGETS } from '../../targets/targets.js';
import type { Draft } from '../draft.js';
import { problemAt, soundOf } from '../entry.js';

/** A system promises no less than its tier, and no more than a target can keep. */
export function checkObjectives({ systems, tiers }: Draft): readonly Problem[] {
  const ceilings = new Map(soundOf(tiers).map(({ key, value }) => [key, value]));
  return soundOf(systems).flatMap(system => {
    const { tier, state, objectives } = system.value;
    const ceiling = ceilings.get(tier);
    const tooLoose = TARGETS.flatMap(target =>
      (['rtoSeconds', 'rpoSeconds'] as const)
        .filter(field => ceiling !== undefined && objectives[target][field] > ceiling[field])
        .map(field =>
          problemAt(
            system,
            `objectives.${target}.${field}`,
            'objective-beyond-tier',
            `found ${objectives[target][field]}, the tier '${tier}' allows at most ${ceiling?.[field]}`,
            'tighten the objective, or choose another tier',
          ),
        ),
    );
    if (state === 'none' || objectives.aws.rpoSeconds > 0) return tooLoose;
    return [
      ...tooLoose,
      problemAt(
        system,
        'objectives.aws.rpoSeconds',
        'objective-beyond-target',
        'found 0, which AWS cannot keep: its copy in the other region is asynchronous',
        "state a loss above 0 s, or make the system's state 'none'",
      ),
    ];
  });
}
