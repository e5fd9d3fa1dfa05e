import type { TestProject } from 'vitest/node';
import { prepareLab } from '../lab/setup.js';

/** What the hosts' own programs judge, they judge in the image: it is there when the tests begin. */
export const setup = async (project: TestProject): Promise<void> => void (await prepareLab(project));
