#!/bin/sh
# Installs the Debian packages of the given groups (docker/packages.txt) that are not installed yet; needs root or
# sudo only when something is missing. SKEP_SKIP_PACKAGES=1 leaves the machine as it is.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ -z "${SKEP_SKIP_PACKAGES:-}" ] || exit 0
command -v dpkg-query >/dev/null || {
    echo "this is no Debian system: install the packages named in $here/packages.txt by hand, then set SKEP_SKIP_PACKAGES=1" >&2
    exit 1
}
# Parallel rules of make may ask at the same time: one after another.
exec 9<"$here/packages.txt"
flock 9
missing=
while read -r group package; do
    case " $* " in *" $group "*) ;; *) continue ;; esac
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done <"$here/packages.txt"
[ -n "$missing" ] || exit 0
sudo=
if [ "$(id -u)" != 0 ]; then
    sudo=sudo
    command -v sudo >/dev/null || {
        echo "packages are missing and this is neither root nor a user with sudo; run as root: apt-get install$missing" >&2
        exit 1
    }
fi
echo "installing:$missing"
$sudo apt-get update -qq 9<&-
# shellcheck disable=SC2086 # a list of words
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null 9<&-
