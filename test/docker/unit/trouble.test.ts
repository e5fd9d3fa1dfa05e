/** What Docker and terraform say, as they said it on real machines, and what the reader shall do. */

import { expect, test } from 'vitest';
import { connectTrouble, hintFor } from '../../../infra/docker/trouble.js';

const HOST = { key: 'primary', connect: 'unix:///run/docker.sock' };

test.each([
  [
    'Error initializing Docker client unable to ping Docker server: Cannot connect to the Docker daemon at ssh://core@10.0.0.9. Is the docker daemon running?',
    /^try it by hand: `ssh`/,
  ],
  [
    'Unable to create network: Error response from daemon: Pool overlaps with other one on this address space',
    /another \/16 as `underlay`/,
  ],
  ['Unable to create container with image citydc:0123: unable to find or pull image citydc:0123', /^load the image/],
  ['Error response from daemon: write /var/lib/docker/tmp/x: no space left on device', /^make room there/],
  ['Error acquiring the state lock Error message: resource temporarily unavailable', /^another run is at work/],
  ['Instance cannot be destroyed Resource docker_volume.s1-etcd1 has lifecycle.prevent_destroy set', /down --data/],
  ['something unheard of', /^see the cause; what was done is kept/],
])('%s', (words, hint) => expect(hintFor(words)).toMatch(hint));

test('a Docker host that does not answer is named, with the next step for how it is reached', () => {
  const said = { exitCode: 1, stdout: '', stderr: 'error during connect: Get "http://x": dial tcp: lookup x: no such host\n' };
  expect(connectTrouble({ ...HOST, connect: 'tcp://x:2376' }, said)).toMatchObject({
    message: "Docker host 'primary' (tcp://x:2376) does not answer",
    hint: expect.stringMatching(/^see whether the daemon listens there/),
  });
});

test.each([
  [
    'permission denied while trying to connect to the Docker daemon socket at unix:///run/docker.sock',
    'does not let this user in',
    '/run/docker.sock',
  ],
  ['Error response from daemon: client version 1.52 is too new. Maximum supported API version is 1.41', 'no common API', '20.10'],
  ['error during connect: Get "https://x": x509: certificate signed by unknown authority', 'over TLS', 'DOCKER_CERT_PATH'],
])('%s', (stderr, what, hint) => {
  const trouble = connectTrouble(HOST, { exitCode: 1, stdout: '', stderr });
  expect(trouble?.message).toContain(what);
  expect(trouble?.hint).toContain(hint);
});

test('a command that failed inside a container is no trouble of Docker', () =>
  expect(connectTrouble(HOST, { exitCode: 1, stdout: '', stderr: 'ping: connect: Network is unreachable\n' })).toBeUndefined());
