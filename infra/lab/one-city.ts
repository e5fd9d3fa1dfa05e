import { WorldError } from '../city/problem.js';
import { type KeeperHello, locksOf } from '../fabric/locks/locks.js';
import type { StateFolder } from './state-folder.js';

/** The keeper of this state folder, if it runs. @throws {WorldError} when the machine runs a city of another state folder */
export async function refuseSecondCity({ locks }: StateFolder): Promise<KeeperHello | undefined> {
  const keeper = await locksOf(locks).askKeeper();
  if (keeper === undefined || keeper.stateFolder === locks.stateFolder) return keeper;
  throw new WorldError(`this machine runs a city already: ${keeper.stateFolder}`, {
    hint: `take it down first: CITYDC_STATE=${shellWord(keeper.stateFolder)} npx citydc down`,
  });
}

/** As a shell reads it: an operator may copy the hint. */
const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);
