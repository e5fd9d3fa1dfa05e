import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorldError } from '../city/problem.js';

const APT = '/etc/apt';

/**
 * The Debian mirror that this machine itself installs from, so that nothing of ours names one.
 *
 * @param override a mirror chosen by the operator; wins
 * @throws {WorldError} when apt has none for Debian
 */
export async function debianMirror(override: string | undefined, folder = APT): Promise<string> {
  if (override !== undefined && override !== '') return override;
  for (const text of await sourceFiles(folder)) {
    const found = deb822Mirror(text) ?? oneLineMirror(text);
    if (found !== undefined) return found;
  }
  throw new WorldError(`no Debian package source found in ${folder}`, { hint: 'name a Debian mirror in the variable CITYDC_MIRROR' });
}

async function sourceFiles(folder: string): Promise<readonly string[]> {
  const parts = await readdir(join(folder, 'sources.list.d')).catch(() => []);
  const paths = [
    ...parts.filter(name => /\.(sources|list)$/.test(name)).map(name => join(folder, 'sources.list.d', name)),
    join(folder, 'sources.list'),
  ];
  return Promise.all(paths.toSorted().map(path => readFile(path, 'utf8').catch(() => '')));
}

/** The first source that carries the main archive, not the security one. */
function deb822Mirror(text: string): string | undefined {
  return text
    .split(/\n\s*\n/)
    .filter(stanza => /^Components:.*\bmain\b/m.test(stanza) && !/^Suites:.*-security/m.test(stanza))
    .map(stanza => /^URIs:\s*(\S+)/m.exec(stanza)?.[1])
    .find(uri => uri !== undefined);
}

const oneLineMirror = (text: string): string | undefined =>
  text
    .split('\n')
    .filter(line => /^deb\s/.test(line) && /\bmain\b/.test(line) && !line.includes('-security'))
    .map(line => /(https?:\/\/\S+)/.exec(line)?.[1])
    .find(uri => uri !== undefined);
