/** What Docker and terraform say when something of the world is amiss, and the next step. The first that fits. */
const HINTS = [
  {
    words: /Cannot connect to the Docker daemon|connection refused|error during connect|no such host|i\/o timeout|dial unix/i,
    hint: 'start Docker on that host, or mend `connect` of its entry under `dockerHosts` in city.yaml',
  },
  {
    words: /permission denied/i,
    hint: "run the command as a user who may use that host's Docker",
  },
  {
    words: /client version .* is too (new|old)|API version/i,
    hint: 'update Docker on that host to 20.10 or later',
  },
  {
    words: /pool overlaps with other one|overlaps with|address already in use|Address already in use/i,
    hint: 'give the Docker host another /16 as `underlay` in city.yaml, or remove the network that has it (docker network ls)',
  },
  {
    words: /No such image|unable to find or pull image|did not find docker image/i,
    hint: 'load the image into that Docker host: `citydc --fabric docker up` does it, `citydc bundle install` too',
  },
  { words: /no space left on device/i, hint: 'make room on that Docker host (docker system df), then run the command again' },
  { words: /state lock|Error acquiring the state/i, hint: 'another run is at work on this city; wait for it to end' },
  {
    words: /prevent_destroy|Instance cannot be destroyed/i,
    hint: 'data is protected: `citydc --fabric docker down --data` takes it away, too',
  },
] as const satisfies readonly { readonly words: RegExp; readonly hint: string }[];

/** The next step after a failure. */
export const hintFor = (words: string): string =>
  HINTS.find(each => each.words.test(words))?.hint ?? 'see the cause; what was done is kept, and the next run goes on from there';
