/** The page in a browser without network: it opens from a file, its script runs, and the console stays empty. */

import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkPage } from '../../../dashboards/design/page/page.js';
import { checkCity } from '../../../infra/city/check.js';
import { canTho } from '../../site/cities.js';
import { skipUnless } from '../../skips.js';
import { temporaryFolder } from '../../temporary-folder.js';

const TODAY = '2026-12-01';
const TIMEOUT_MS = 60_000;

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--enable-logging=stderr',
  '--virtual-time-budget=2000',
  '--dump-dom',
];

function chromium(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome'].find(name => {
    try {
      return execFileSync('which', [name], { stdio: 'pipe' }).length > 0;
    } catch {
      return false;
    }
  });
}
const browser = chromium();

/** The document after its scripts have run, and what the console was given. */
function opened(page: string): Promise<{ readonly dom: string; readonly console: readonly string[] }> {
  const folder = temporaryFolder();
  const path = join(folder, 'page.html');
  writeFileSync(path, page);
  return new Promise((resolve, reject) => {
    const args = [...FLAGS, `--user-data-dir=${join(folder, 'profile')}`, pathToFileURL(path).href];
    execFile(browser ?? '', args, { maxBuffer: 2 ** 26, timeout: TIMEOUT_MS }, (error, dom, stderr) =>
      error === null ? resolve({ dom, console: stderr.split('\n').filter(line => line.includes('CONSOLE')) }) : reject(error),
    );
  });
}

describe.skipIf(skipUnless('in a browser', browser === undefined ? 'needs Chromium' : undefined))('in a browser', () => {
  const page = checkPage({ city: canTho, report: checkCity(canTho, TODAY, () => undefined), today: TODAY, outline: undefined });
  const clicking = (language: string) =>
    page.replace(
      '</body>',
      `<script>document.querySelector('.page.${language} .map [data-name=n67]').dispatchEvent(new MouseEvent('click', { bubbles: true }));</script></body>`,
    );

  test('it opens, its script runs, and nothing is complained of', { timeout: TIMEOUT_MS }, async () => {
    const { dom, console } = await opened(page);
    expect(console).toEqual([]);
    expect(dom).toContain('<html lang="vi" class="ready">');
  });

  test.each([
    ['vi', '<p>13 đơn vị mất cả 10 hệ thống: e77, e78, e79 và 10 đơn vị khác</p>'],
    ['en', '<p>13 offices lose all 10 systems: e77, e78, e79 and 10 more</p>'],
  ])('a click on a node says in %s what it takes down, and rings the offices', { timeout: TIMEOUT_MS }, async (language, words) => {
    const { dom, console } = await opened(clicking(language));
    expect(console).toEqual([]);
    expect(dom).toContain(words);
    expect(dom.match(/<circle[^>]* class="office [^"]*\bringed"/g)?.length).toBe(13);
  });

  test('what is wrong would be seen', { timeout: TIMEOUT_MS }, async () => {
    const { console } = await opened(page.replace('</body>', '<img src="http://192.0.2.1/x.png"><script>nothing()</script></body>'));
    expect(console.some(line => line.includes('Content Security Policy'))).toBe(true);
    expect(console.some(line => line.includes('nothing is not defined'))).toBe(true);
  });
});
