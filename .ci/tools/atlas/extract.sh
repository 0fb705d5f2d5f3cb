#!/bin/sh
# extract.sh SPEAKER TREE lists the texts that Dovecot, Postfix or Exim can send to a
# client, one a line with its file, from a checked-out source tree. .ci/recall.go counts how
# many of them the atlas knows:
#
#	sh .ci/tools/atlas/extract.sh postfix TREE | go run .ci/recall.go -speaker postfix
#
# CI doesn't run it.
# shellcheck disable=SC2046 # the trees have no names with spaces
set -eu
speaker=$1 tree=$2

# texts FUNCTIONS FILE… prints the strings among the arguments of these functions.
texts() {
	calls=$1
	shift
	perl -0777 -ne '
		BEGIN { $calls = shift }
		while (/\b(?:'"$calls"')\s*\(((?:[^;"]|"(?:\\.|[^"\\])*")*);/g) {
			my $args = $1;
			$args =~ s/"\s*(?:[A-Z]\w+\s*)?\n?\s*"//g;
			print "$ARGV: $1\n" while $args =~ /"((?:\\.|[^"\\])*[a-z]{2}(?:\\.|[^"\\])*)"/g;
		}' "$@"
}

# coded FILE… prints the strings that begin with a reply code.
coded() {
	perl -0777 -ne 's/"\s*\n\s*"//g; print "$ARGV: $1\n" while /"([45][0-9][0-9][ -](?:\\.|[^"\\])*)"/g' "$@"
}

cd "$tree"
case $speaker in
dovecot)
	texts 'client_send_reply\w*|client_auth_result|client_notify_\w+|sasl_proxy_auth_failed|smtp_server_(?:reply|command_fail|recipient_reply|connection_(?:terminate|close))|client_send_(?:line|tagline|command_error)|mail(?:box|_storage|box_list)_set_error' \
		$(find src/login-common src/*-login src/imap src/pop3 src/submission src/lib-smtp src/lib-storage -name '*.c' ! -name 'test-*')
	perl -ne 'print "$ARGV: $1\n" if /define\s+\w*(?:_MSG|ERRSTR_\w+)\s+"(.*)"/' $(find src/login-common src/lib-storage -name '*.h')
	;;
postfix)
	coded $(find . -path '*/src/smtpd/*.c' -o -path '*/src/postscreen/*.c' -o -path '*/src/milter/*.c')
	texts 'smtpd_check_reject|reject_\w+|defer_if\w*|DEFER_IF_\w+|DEFER_ALL_\w+' $(find . -path '*/src/smtpd/smtpd_check.c')
	perl -ne 'print "$ARGV: $1\n" if /CLEANUP_STAT_\w+, \d+, "[\d.]+", "(.*)"/' $(find . -path '*/src/global/cleanup_strerror.c')
	perl -ne 'print "$ARGV: $1\n" if /vstring_strcpy\(reply, "(.+)"/ || /vstring_sprintf\(reply, "(.+)"/' $(find . -path '*/src/xsasl/*.c')
	;;
exim)
	set -- $(find . -path '*/src/smtp_in.c' -o -path '*/src/daemon.c' -o -path '*/src/receive.c' -o -path '*/src/acl.c' -o -path '*/src/verify.c' -o -path '*/src/tls-*.c' -o -path '*/src/moan.c')
	coded "$@"
	texts 'synprot_error|smtp_closedown|smtp_respond' "$@"
	perl -ne 'print "$ARGV: $1\n" while /user_msg(?:ptr)? *= *(?:US|string_sprintf\()"([^"]+)"/g' "$@"
	;;
*)
	echo "usage: extract.sh dovecot|postfix|exim TREE" >&2
	exit 2
	;;
esac | sort -u
