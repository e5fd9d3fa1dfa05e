import { HEADER_BYTES, IN_BUNDLE, type Manifest } from './layout.js';

/** The second line of every bundle. */
export const MARK = '# citydc bundle 1';

/**
 * What a bundle's file begins with: checks the signature, then unpacks the program that it carries, which installs the rest. Exactly
 * `HEADER_BYTES` long. It guards against another archive behind it; that it is itself the maker's only openssl can say, before it is run.
 */
export function header({ city, platform }: Pick<Manifest, 'city' | 'platform'>): string {
  const [system = '', machine = ''] = platform.split('-');
  const script = `#!/bin/sh
${MARK}
# ${city} for Docker hosts, with all that it takes but Docker and OpenTofu or Terraform.
# Check it, with the maker's public key: openssl pkeyutl -verify -pubin -inkey KEY -rawin -in THIS-FILE -sigfile THIS-FILE.sig
# Then install it: sh THIS-FILE --key KEY [--signature FILE] [--to FOLDER]
set -eu
key= signature="$0.sig" before=
for word in "$@"; do
  case $before in
    --key) key=$word ;;
    --signature) signature=$word ;;
  esac
  before=$word
done
[ -n "$key" ] || {
  echo "error: whose bundle this is cannot be checked without a key; nothing of it was run" >&2
  echo "  hint: sh $0 --key KEY, the public key's file that its maker has given by another way" >&2
  exit 2
}
command -v openssl > /dev/null || {
  echo "error: openssl is not on this machine, so the signature cannot be checked; nothing of it was run" >&2
  echo "  hint: apt-get install openssl" >&2
  exit 3
}
openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in "$0" -sigfile "$signature" > /dev/null || {
  echo "error: the bundle is not what the holder of $key has signed; nothing of it was run" >&2
  echo "  hint: get the bundle and its .sig once more, and ask its maker whether the key is this one" >&2
  exit 3
}
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
