import type { Problem } from '../../problem.js';
import { ELEMENT_CLASSES } from '../../routing/failure.js';
import { RULE_NAMES } from '../../rules/names.js';
import type { Draft } from '../draft.js';
import { problemAt, soundOf } from '../entry.js';
import { shown, wordHint } from '../hint.js';

const CLASSES = ELEMENT_CLASSES.map(each => `class:${each}`);

/** An acceptance names a rule that exists, and a class or an element. Whether it still matches anything is a rule's question. */
export const checkAcceptances = ({ accepted }: Draft): readonly Problem[] =>
  soundOf(accepted).flatMap(entry => {
    const { rule, scope } = entry.value;
    const unknown = (RULE_NAMES as readonly string[]).includes(rule)
      ? []
      : [problemAt(entry, 'rule', 'unknown-rule', `there is no rule ${shown(rule)}`, wordHint(rule, RULE_NAMES))];
    if (CLASSES.includes(scope) || /^[a-zA-Z]+\.[a-z0-9-]+$/.test(scope)) return unknown;
    return [
      ...unknown,
      problemAt(
        entry,
        'scope',
        'scope',
        `found ${shown(scope)}, expected a class as class:ward or a path as endpoints.131`,
        wordHint(scope, CLASSES),
      ),
    ];
  });
