import type { World } from '../../infra/cli/command.js';

/** A process that only remembers what was written. */
export function fakeWorld(now = '2026-12-01T00:00:00Z') {
  const written = { stdout: '', stderr: '' };
  const terminal = (name: keyof typeof written) => ({
    write: (text: string | Uint8Array) => {
      written[name] += text.toString();
      return true;
    },
  });
  const world: World = {
    stdout: terminal('stdout'),
    stderr: terminal('stderr'),
    env: {},
    now: () => new Date(now),
    interrupted: () => new AbortController().signal,
  };
  return { world, written };
}
