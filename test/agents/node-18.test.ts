import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Type-checked against ES2023, run by Debian's Node 18, which lacks these. */
const TOO_NEW = /\.(toSorted|toReversed|toSpliced|isWellFormed)\(|Object\.groupBy|Map\.groupBy|withResolvers|fromAsync|AbortSignal\.any/;

test('the agents use nothing that Node 18 lacks', async () => {
  const files = (await readdir('agents', { recursive: true })).filter(name => name.endsWith('.ts'));
  const texts = await Promise.all(files.map(async name => ({ name, text: await readFile(join('agents', name), 'utf8') })));
  expect(files.length).toBeGreaterThan(10);
  expect(texts.filter(({ text }) => TOO_NEW.test(text)).map(({ name }) => name)).toEqual([]);
});
