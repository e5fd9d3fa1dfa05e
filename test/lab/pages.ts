/** The pages of the monitors on 127.0.0.1, asked as a program of this machine would. */

import { execFileSync } from 'node:child_process';
import { succeed, within } from './citydc.js';

export interface Offered {
  readonly name: string;
  readonly host: string;
  /** As it is printed: with the token. */
  readonly url: string;
}

/** The pages that `up` prints. */
export const pagesBy = async (...up: readonly string[]): Promise<readonly Offered[]> =>
  (JSON.parse(await succeed(...up, '--json')) as { pages: readonly Offered[] }).pages;

/** The status of an answer. @param path with what follows of it @param words of curl's */
export const statusOf = ({ url }: Offered, path: string, ...words: readonly string[]): number => {
  const { origin } = new URL(url);
  const [file = '', ...before] = [
    ...within(),
    'curl',
    '-s',
    '-m',
    '20',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    ...words,
    `${origin}${path}`,
  ];
  return Number(execFileSync(file, before, { encoding: 'utf8' }));
};

/** What a browser shows that has opened the printed address. */
export const cookieOf = ({ url }: Offered): readonly string[] => ['-b', `citydc=${new URL(url).searchParams.get('token')}`];
