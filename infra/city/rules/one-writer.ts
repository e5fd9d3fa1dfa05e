import { describeWriter, type WriterCases } from '../failures/writers.js';
import type { Finding } from './finding.js';
import type { Rule } from './rule.js';

/**
 * While one element is down exactly one site may write. While two are, or the sites are parted, at most one may by the nature of
 * majorities; the cases in which none may are listed.
 */
export const oneWriter: Rule = {
  demands: 'after one failure one site may write, after two and in every partition at most one',
  of: 'failures, pairs and partitions',
  examine: survey => {
    if (!survey.city.systems.some(({ state }) => state === 'database')) return { findings: [], cases: 0 };
    const { single, partitions, doubleCases } = survey.writers();
    return {
      findings: single.filter(({ writer }) => writer.kind === 'none').map(finding),
      cases: single.length + doubleCases + partitions.length,
    };
  },
};

const finding = ({ when, failed, writer, element }: WriterCases['single'][number]): Finding => ({
  rule: 'one-writer',
  path: element.path,
  message: `while ${when} is down, no site may write: ${describeWriter(writer)}`,
  hint: 'spread etcd members over three sites, so that any two hold more than half of them, and database hosts over two',
  facts: { about: 'writer', when, failed, writer },
});
