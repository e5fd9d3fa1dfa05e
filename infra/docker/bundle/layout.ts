/** The layout of a bundle, and of the folder that it is installed into. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { own } from '../../../agents/contract/json.js';
import { readJson } from '../../city/json.js';

/** Entries of a bundle's archive by what they are, in the order in which they are packed: first what installs the rest. */
export const IN_BUNDLE = {
  manifest: 'bundle.json',
  package: 'package.json',
  node: 'node',
  program: 'dist',
  command: 'citydc',
  inventory: 'inventory',
  stack: 'stack',
  plugins: 'plugins',
  image: 'image.tar.gz',
} as const;

/** The description of a bundle in its first entry. */
export interface Manifest {
  readonly schema: 1;
  /** The inventory's id. */
  readonly city: string;
  /** Aggregation nodes of a part of the city, as `n67 n73`; empty: all of it. */
  readonly districts: string;
  /** Tag of the image. */
  readonly image: string;
  /** Of its programs, as Node names it: `linux-x64`. */
  readonly platform: string;
  /** SHA-256 of every other file, by its path. */
  readonly files: Readonly<Record<string, string>>;
}

/** The platform of this process. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/** A bundle's file: a script of exactly so many bytes, and a tar archive behind it. */
export const HEADER_BYTES = 4096;

/** An installed bundle. */
export interface Bundle {
  readonly manifest: Manifest;
  /** Folder of the inventory that the stack was made of: for reading only, since a change to it would not change the stack. */
  readonly inventory: string;
  readonly stack: string;
  readonly image: string;
  /** Folder of terraform's plug-ins; undefined where none was given. */
  readonly plugins: string | undefined;
}

/** The bundle that was installed into a folder; undefined when none was. */
export function bundleIn(folder: string): Bundle | undefined {
  const path = join(folder, IN_BUNDLE.manifest);
  if (!existsSync(path)) return undefined;
  const plugins = join(folder, IN_BUNDLE.plugins);
  return {
    manifest: readJson(own<Manifest>(), readFileSync(path, 'utf8'), path, 'install the bundle again'),
    inventory: join(folder, IN_BUNDLE.inventory),
    stack: join(folder, IN_BUNDLE.stack),
    image: join(folder, IN_BUNDLE.image),
    plugins: existsSync(plugins) ? plugins : undefined,
  };
}
