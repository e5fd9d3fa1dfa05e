import { describeWriter, type WriterCase } from '../failures/writers.js';
import type { Problem } from '../problem.js';
import type { Rule } from './rule.js';

/** While one element is down exactly one site may write; while two are, or the sites are parted, at most one. */
export const oneWriter: Rule = {
  demands: 'after one failure one site may write, after two and in every partition at most one',
  of: 'failures, pairs and partitions',
  examine: survey => {
    if (!survey.city.systems.some(({ state }) => state === 'database')) return { findings: [], cases: 0 };
    const { single, double, partitions, doubleCases } = survey.writers();
    return {
      findings: [
        ...single.filter(({ writer }) => writer.kind !== 'one').map(each => finding(each, each.element.path)),
        ...[...double, ...partitions].filter(({ writer }) => writer.kind === 'several').map(each => finding(each, 'sites')),
      ],
      cases: single.length + doubleCases + partitions.length,
    };
  },
};

const finding = ({ when, failed, writer }: WriterCase, path: string): Problem => ({
  rule: 'one-writer',
  path,
  message: `while ${when} ${path === 'sites' ? 'are' : 'is'} down, ${writer.kind === 'none' ? 'nobody may write: ' : ''}${describeWriter(writer)}`,
  hint: 'spread etcd members over three sites, so that any two hold more than half of them, and database hosts over two',
  facts: { about: 'writer', when, failed, writer },
});
