import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VERSION } from '../../../agents/ward/version.js';

test('the agent says the product’s version', () => expect(VERSION).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version));
