#!/bin/sh
# recall.sh [SPEAKER TREE…] counts how many of the texts that extract.sh lists the atlas
# knows, as a table: the speaker, its texts, those on the way from the greeting to an open
# mailbox or an accepted message, and of these the known, those that name no cause
# (aside.tsv) and the missing, which it then lists. Known is what any entry matches, of
# this speaker or another. Without arguments each line of standard input is a speaker with
# its trees. CI doesn't run it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$here/../../.." && go test -c -o "$work/atlas.test" ./probe/diagnose/atlas)

recall() {
	speaker=$1
	shift
	for tree; do
		sh "$here/extract.sh" "$speaker" "$tree"
	done | sort -u >"$work/texts"
	"$work/atlas.test" -test.run '^TestRecall$' -texts "$work/texts" -aside "$here/aside.tsv" -speaker "$speaker" >"$work/out"
	sed -n 's/^recall	//p' "$work/out"
	sed -n 's/^missing /	/p' "$work/out" >>"$work/missing"
}

printf 'speaker\ttexts\ton the way\tknown\tno cause\tmissing\n'
: >"$work/missing"
if [ $# -gt 0 ]; then
	recall "$@"
else
	while read -r line; do
		# shellcheck disable=SC2086 # a line is a speaker and its trees
		recall $line
	done
fi
cat "$work/missing"
