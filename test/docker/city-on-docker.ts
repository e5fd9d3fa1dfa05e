/** A state folder of its own, the engines of a test, and the built command over them. */

import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { citydc, type Ended, succeed } from '../lab/citydc.js';
import { type Engine, environmentOf, startEngine } from './engine.js';
import type { Tools } from './found.js';

const IMAGES = resolve('.citydc', 'images');

export interface CityOnDocker {
  readonly state: string;
  /** What a process sees of the world: the engines' client, and this state folder. */
  readonly environment: Readonly<Record<string, string>>;
  /** @param roomMib as `startEngine` has it */
  engine(name: string, roomMib?: number): Promise<Engine>;
  run(...words: readonly string[]): Promise<Ended>;
  /** With more in its environment. */
  runWith(more: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Ended>;
  /** @returns the one JSON document; throws when it did not end well */
  json<T>(...words: readonly string[]): Promise<T>;
  end(): Promise<void>;
}

/**
 * @param name of its folder below the checkout's state folder; what an earlier run left there is removed
 */
export function cityOnDocker(name: string, { debian, terraform }: Pick<Tools, 'debian' | 'terraform'>): CityOnDocker {
  const state = resolve('.citydc', 'docker-tests', name);
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state, { recursive: true });
  mkdirSync(IMAGES, { recursive: true });
  // Images are big, and the lab's are these.
  symlinkSync(IMAGES, join(state, 'images'));
  const engines: Engine[] = [];
  const environment = { ...environmentOf(debian), CITYDC_STATE: state, CITYDC_FABRIC: 'docker', CITYDC_TERRAFORM: terraform };
  const runWith: CityOnDocker['runWith'] = (more, ...words) => citydc(words, { ...environment, ...more });
  const run: CityOnDocker['run'] = (...words) => runWith({}, ...words);
  return {
    state,
    environment,
    run,
    runWith,
    engine: async (engineName, roomMib) => {
      const engine = await startEngine(state, debian, engineName, roomMib);
      engines.push(engine);
      return engine;
    },
    json: async (...words) => {
      const { code, stdout, stderr } = await run(...words, '--json');
      if (code !== 0) throw new Error(`citydc ${words.join(' ')} ended with ${code}\n${stderr.slice(-4000)}\n${stdout.slice(0, 4000)}`);
      return JSON.parse(stdout);
    },
    end: async () => {
      for (const engine of engines) await engine.end();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

/** The machine has two processors: a city in the lab beside one on Docker would be in its way. Lab tests bring theirs up again. */
export const withoutLab = (): Promise<string> => succeed('down');
