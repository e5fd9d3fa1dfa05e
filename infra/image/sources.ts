import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorldError } from '../city/problem.js';

const APT = '/etc/apt';

/**
 * The Debian mirror from which this machine itself installs packages, so that no mirror is named in this program.
 *
 * @param override a mirror chosen by the operator; takes precedence
 * @throws {WorldError} when apt has none for Debian
 */
export async function debianMirror(override: string | undefined, folder = APT): Promise<string> {
  if (override !== undefined && override !== '') return override;
  for (const text of await sourceFiles(folder)) {
    const found = [...deb822Sources(text), ...oneLineSources(text)].find(isMainArchive);
    if (found !== undefined) return found.uri;
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

/** One apt source; `uri` is empty where it is not http(s), as for a file that lists mirrors. */
interface Source {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** The keyring that it states, when it does: another vendor's archive has its own. */
  readonly keyring: string | undefined;
}

/** Debian's own archive: not the security one, not a vendor's beside it, which may have a `main` too. */
const isMainArchive = ({ uri, suite, components, keyring }: Source): boolean =>
  uri !== '' && /^\w+$/.test(suite) && components.includes('main') && (keyring === undefined || keyring.includes('debian-archive'));

const deb822Sources = (text: string): readonly Source[] =>
  text.split(/\n\s*\n/).flatMap(stanza => {
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(stanza)?.[1]?.trim();
    const words = (name: string) => field(name)?.split(/\s+/) ?? [];
    if (!words('Types').includes('deb') || /^(no|false)$/i.test(field('Enabled') ?? '')) return [];
    const uri = words('URIs').find(isHttp) ?? '';
    return [{ uri, suite: words('Suites')[0] ?? '', components: words('Components'), keyring: field('Signed-By') }];
  });

const oneLineSources = (text: string): readonly Source[] =>
  text.split('\n').flatMap(line => {
    const [, options = '', uri = '', suite = '', components = ''] =
      /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.*)/.exec(line.trim()) ?? [];
    const keyring = /signed-by=(\S+)/i.exec(options)?.[1];
    return isHttp(uri) ? [{ uri, suite, components: components.split(/\s+/), keyring }] : [];
  });

const isHttp = (uri: string): boolean => /^https?:\/\//.test(uri);
