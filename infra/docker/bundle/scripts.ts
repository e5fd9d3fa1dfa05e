import { HEADER_BYTES, IN_BUNDLE, type Manifest } from './layout.js';

/** The second line of every bundle. */
export const MARK = '# citydc bundle 1';

/** What a bundle's file begins with: unpacks the program that it carries, which installs the rest. Exactly `HEADER_BYTES` long. */
export function header({ city, platform }: Pick<Manifest, 'city' | 'platform'>): string {
  const [system = '', machine = ''] = platform.split('-');
  const script = `#!/bin/sh
${MARK}
# ${city} for Docker hosts, with all that it takes but Docker and OpenTofu or Terraform.
# Install it: sh THIS-FILE [--to FOLDER]
set -eu
[ "$(uname -s)-$(uname -m)" = "${UNAME[system] ?? system}-${UNAME[machine] ?? machine}" ] || {
  echo "error: this bundle is for ${platform}; this machine is $(uname -s) on $(uname -m)" >&2
  echo "  hint: make the bundle on a machine of this kind" >&2
  exit 3
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
tail -c +${HEADER_BYTES + 1} "$0" | tar -x -C "$work" ${IN_BUNDLE.package} ${IN_BUNDLE.node} ${IN_BUNDLE.program} || {
  echo "error: the bundle cannot be unpacked into $work" >&2
  echo "  hint: copy it again, whole; or name a folder with room in TMPDIR" >&2
  exit 3
}
"$work/${IN_BUNDLE.node}" "$work/${IN_BUNDLE.program}/citydc.js" bundle install "$0" "$@"
exit
`;
  return script.padEnd(HEADER_BYTES, '\n');
}

/** How `uname` calls what Node calls otherwise. */
const UNAME: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'Darwin', x64: 'x86_64', arm64: 'aarch64' };

/** The command of an installed bundle: its own Node, its own city, on Docker hosts. */
export const COMMAND = `#!/bin/sh
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
: "\${CITYDC_INVENTORY:=$here/${IN_BUNDLE.inventory}}" "\${CITYDC_FABRIC:=docker}" "\${CITYDC_CALL:=$0}"
export CITYDC_INVENTORY CITYDC_FABRIC CITYDC_CALL
exec "$here/${IN_BUNDLE.node}" "$here/${IN_BUNDLE.program}/citydc.js" "$@"
`;
