import { requirePlainPath } from '../infra/lab/requirements.js';

/** Why a city cannot have its state here: the checkout is where the lab's tools cannot follow. */
export function noPlainPath(folder: string): string | undefined {
  try {
    requirePlainPath(folder);
    return undefined;
  } catch {
    return "the checkout's path has a mark that the lab cannot take: move the checkout";
  }
}
