#!/usr/bin/env bash
# Packs a binary for a release: package.sh BINARY VERSION TARGET FOLDER
#
# The archive has the binary, licences, manual pages, completions, the systemd unit and the sample settings.
# The same inputs give the same bytes: names are sorted, and times are those of the last commit.

set -euo pipefail

binary=$(realpath -- "${1:?BINARY is missing}")
version=${2:?VERSION is missing}
target=${3:?TARGET is missing}
folder=${4:?FOLDER is missing}
mkdir -p -- "$folder"
folder=$(realpath -- "$folder")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

says=$("$binary" --version | head -n 1)
if [[ $says != "passport $version" ]]; then
    printf 'package.sh: the binary is "%s", and not passport %s\n' "$says" "$version" >&2
    exit 1
fi

name=passport-$version-$target
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/$name
install -d "$root/man" "$root/completions" "$root/systemd" "$root/docs"
install -m 0755 "$binary" "$root/passport"
install -m 0644 LICENSE LICENSE-MIT LICENSE-APACHE README.md CHANGELOG.md passport.example.toml "$root"
install -m 0644 docs/operations.md docs/operators.md docs/logging.md docs/text-messages.md "$root/docs"
install -m 0644 deploy/systemd/* "$root/systemd"
"$binary" man --dir "$root/man"
for shell in bash zsh fish powershell elvish; do
    "$binary" completions "$shell" >"$root/completions/passport.$shell"
done

# GNU tar; on macOS it is `gtar` of Homebrew.
tar=$(command -v gtar || command -v tar)
since=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
archive=$folder/$name.tar.gz
"$tar" --directory "$work" --sort=name --mtime="@$since" --owner=0 --group=0 --numeric-owner \
    --format=ustar --create "$name" | gzip --no-name --best >"$archive"
(cd "$folder" && { sha256sum "$name.tar.gz" 2>/dev/null || shasum -a 256 "$name.tar.gz"; }) \
    >"$archive.sha256"
printf '%s\n' "$archive"
