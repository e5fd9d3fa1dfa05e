import { createHash } from 'node:crypto';
import { IN_READY, VOLUME } from '../../agents/contract/ready.js';
import type { BundleName, Host, HostFile } from '../site/host.js';
import type { Program } from '../site/program.js';
import { BOOT_PATH } from '../site/programs/supervisor.js';
import { LAY_WIRES } from './wires.js';

/**
 * Where a host finds its files: a volume that it only reads. It puts them in their places when it starts, and again when it is notified
 * that they have changed; then it applies what differs, and nothing else.
 */
export const VOLUME_PATH = '/city';
const [READY, CHANGED, DONE, FAILED, ON] = [VOLUME.current, VOLUME.changed, VOLUME.done, VOLUME.failed, VOLUME.on].map(
  name => `${VOLUME_PATH}/${name}`,
);

const [START, CONVERGE, HEALTHY] = ['/etc/citydc/start', '/etc/citydc/converge', '/etc/citydc/healthy'];
/** The command that succeeds while all processes of a host run. */
export const HEALTHY_WORDS = [HEALTHY] as const;
/** The command of a host's container, run by tini. */
export const START_WORDS = ['sh', `${READY}/${IN_READY.root}${START}`] as const;
/** Exit code of `converge` when the host must boot anew. */
const MUST_BOOT = 10;
const APPLIED = '/run/citydc/manifest';

/** The program by which a host starts and applies its files. */
export const arrival: Program = {
  connects: () => [],
  name: 'arrival',
  packages: ['tar', 'procps'],
  render: () => ({
    files: [
      { path: START, content: START_SCRIPT, mode: 0o755, onChange: 'reload' },
      { path: CONVERGE, content: CONVERGE_SCRIPT, mode: 0o755, onChange: 'reload' },
      { path: HEALTHY, content: HEALTHY_SCRIPT, mode: 0o755, onChange: 'reload' },
    ],
    processes: [{ name: 'arrival', command: ['sh', '-c', AWAIT_CHANGE], reload: { command: ['true'] } }],
  }),
  lints: [{ command: ['sh', '-n', START] }, { command: ['sh', '-n', CONVERGE] }],
};

// Written into, not replaced: Docker mounts some of /etc file by file. Files only: the image's own folders keep their owners.
const START_SCRIPT = `#!/bin/sh
# Puts this host's files in their places and boots it.
set -eu
# Open in all that the host runs, until it is off: lay-ready sees by it whether the host is on, or takes its files when it starts.
exec 3<> ${ON}
ready=$(readlink -f ${READY})
cd "$ready/${IN_READY.root}"
find . ! -type d -print0 | tar --null -T - -cf - | tar -C / -xf - --overwrite
cd /
while read -r owner mode path; do install -d -o "$owner" -g "$(id -gn "$owner")" -m "$mode" "$path"; done < "$ready/${IN_READY.folders}"
mkdir -p /run/citydc
cp "$ready/${IN_READY.manifest}" ${APPLIED}
${LAY_WIRES}
exec ${BOOT_PATH}
`;

const CONVERGE_SCRIPT = `#!/bin/sh
# Applies the files on this host's volume; safe to run again. Exits with ${MUST_BOOT} when the host must boot anew.
set -eu
export LC_ALL=C
ready=$(readlink -f ${READY}) applied=${APPLIED} work=/run/citydc
comm -13 "$applied" "$ready/${IN_READY.manifest}" > "$work/arrived"
comm -23 "$applied" "$ready/${IN_READY.manifest}" > "$work/left"
awk 'NR == FNR { stays[$4]; next } $4 != "-" && !($4 in stays) { print $4 }' "$ready/${IN_READY.manifest}" "$work/left" | xargs -r rm -f
while read -r _digest _how _program path; do
  [ "$path" != - ] || continue
  mkdir -p "\${path%/*}"
  cp -a --remove-destination "$ready/${IN_READY.root}$path" "$path" 2> /dev/null || cp -a "$ready/${IN_READY.root}$path" "$path"
done < "$work/arrived"
while read -r owner mode path; do install -d -o "$owner" -g "$(id -gn "$owner")" -m "$mode" "$path"; done < "$ready/${IN_READY.folders}"
# The manifest is unchanged: nothing to do.
[ -s "$work/arrived" ] || [ -s "$work/left" ] || exit 0
cat "$work/arrived" "$work/left" | awk '
  { rank = $2 == "boot" ? 3 : $2 == "restart" ? 2 : 1; if (rank > worst[$3]) worst[$3] = rank }
  END { for (program in worst) print worst[program] == 3 ? "boot" : worst[program] == 2 ? "restart" : "reload", program }' | sort > "$work/asked"
if grep -q '^boot ' "$work/asked"; then exit ${MUST_BOOT}; fi
# Before any program: an address needs its device.
${LAY_WIRES}
while read -r how program; do /etc/citydc/apply "$program" "$how" < /dev/null; done < "$work/asked"
cp "$ready/${IN_READY.manifest}" "$applied"
`;

const HEALTHY_SCRIPT = `#!/bin/sh
# Whether all processes of this host run.
! sv status /etc/service/* | grep -v '^run: '
`;

// Opening a named pipe waits for the other end: no polling. Docker restarts a container that ends.
const AWAIT_CHANGE = `read -r _ < ${CHANGED}
${CONVERGE}; code=$?
case $code in 0 | ${MUST_BOOT}) answer=${DONE} ;; *) answer=${FAILED} ;; esac
timeout 10 sh -c ": < $answer"
[ $code -ne ${MUST_BOOT} ] || kill -TERM 1
exit $code`;

/**
 * The lines of a host's manifest, sorted as `comm` requires: digest, what a change requires of the program, the program, path. Lay-ready
 * adds those of secrets.
 *
 * @param bundles the digest of each bundled agent by its name: where one has changed, the processes that run it restart
 */
export function manifestOf({ files, processes }: Pick<Host, 'files' | 'processes'>, bundles: Readonly<Record<BundleName, string>>): string {
  const lines = [
    ...files.map(file => `${digestOf(file)} ${file.onChange} ${file.program} ${file.path}\n`),
    // A bundled agent is no file of the host's own: it has no path.
    ...processes.flatMap(({ bundles: run = [], program }) => run.map(bundle => `${bundles[bundle].slice(0, 16)} restart ${program} -\n`)),
  ];
  return [...new Set(lines)].toSorted((a, b) => (a < b ? -1 : 1)).join('');
}

const digestOf = ({ content, mode = 0o644, owner = 'root' }: HostFile): string =>
  createHash('sha256').update(`${owner} ${mode} ${content}`).digest('hex').slice(0, 16);
