#!/bin/sh
# extract.sh SPEAKER TREE lists the texts that a server can send to a client that it
# refuses, one a line with its file, from a checked-out source tree. recall.sh counts with
# it what probe/diagnose/atlas/entries knows. CI doesn't run it.
# shellcheck disable=SC2046 # the trees have no names with spaces
set -eu
speaker=$1 tree=$2

# texts FUNCTIONS FILE… prints the strings among the arguments of these functions.
texts() {
	calls=$1
	shift
	perl -0777 -ne '
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

# refused FILE… prints the strings that refuse by IMAP or POP3.
refused() {
	perl -0777 -ne '
		s/"\s*(?:CRLF\s*)?\n?\s*"//g;
		print "$ARGV: $1\n" while /"((?:%s|\*|%\.\*s)? ?(?:NO|BAD|BYE|-ERR) (?:\\.|[^"\\])*)"/g' "$@"
}

# files NAME… prints the files whose path matches one of the patterns.
files() {
	for name; do
		find . -path "$name" ! -name '*test*' ! -name '*Test*'
	done
}

cd "$tree"
case $speaker in
dovecot)
	texts 'client_send_reply\w*|client_auth_result|client_notify_\w+|sasl_proxy_auth_failed|smtp_server_(?:reply|command_fail|recipient_reply|connection_(?:terminate|close))|client_send_(?:line|tagline|command_error)|mail(?:box|_storage|box_list)_set_error' \
		$(find src/login-common src/*-login src/imap src/pop3 src/submission src/lib-smtp src/lib-storage src/plugins/quota src/lmtp -name '*.c' ! -name 'test-*')
	perl -ne 'print "$ARGV: $1\n" if /define\s+\w*(?:_MSG|ERRSTR_\w+)\s+"(.*)"/' $(find src/login-common src/lib-storage -name '*.h')
	;;
postfix)
	coded $(files './*src/smtpd/*.c' './*src/postscreen/*.c' './*src/milter/*.c')
	# Of the templates' forms, the one for the sender.
	texts 'smtpd_check_reject|reject_\w+|defer_if\w*|DEFER_IF_\w+|DEFER_ALL_\w+' $(files './*src/smtpd/smtpd_check.c') |
		perl -ne 's/<%s>: %s rejected:/<%s>: Sender address rejected:/; print unless /: (?:reject(?:_\w+)?|\W.*)$/ && !/: </'
	perl -ne 'print "$ARGV: Error: $1\n" if /CLEANUP_STAT_\w+, \d+, "[\d.]+", "(.*)"/' $(files './*src/global/cleanup_strerror.c')
	perl -ne 'print "$ARGV: 535 5.7.8 Error: authentication failed: $1\n" if /vstring_strcpy\(reply, "(.+)"/ || /vstring_sprintf\(reply, "(.+)"/' $(files './*src/xsasl/*.c')
	;;
exim)
	set -- $(files './*src/smtp_in.c' './*src/daemon.c' './*src/receive.c' './*src/acl.c' './*src/verify.c' './*src/tls-*.c' './*src/moan.c')
	coded "$@"
	texts 'synprot_error|smtp_closedown|smtp_respond' "$@"
	perl -ne 'print "$ARGV: $1\n" while /user_msg(?:ptr)? *= *(?:US|string_sprintf\()"([^"]+)"/g' "$@"
	perl -ne 'print "$ARGV: $1\n" if /^ +(?:message|data) += *(?!\$)(\S.*\w.*)/' $(files './*src/configure.default')
	;;
cyrus)
	refused $(files './*imap/imapd.c' './*imap/pop3d.c')
	perl -0777 -ne 's/"\s*\n\s*"//g; print "$ARGV: $1\n" while /^ec \w+,\s*"(?:\[[^]]*\] )?([^"]+)"/mg' $(files './*imap/imap_err.et')
	texts 'fatal|shut_down' $(files './*imap/imapd.c' './*imap/pop3d.c') | perl -pe 's/: /: Fatal error: /'
	;;
cyrus-sasl)
	perl -0777 -ne 'my ($s) = /sasl_errstring(.*?)\n\}/s; print "$ARGV: $1\n" while $s =~ /return "([^"]+)"/g' $(files './*lib/common.c')
	;;
courier)
	# courier-libs (imap) and courier (esmtpd, submit) are two trees: one after the other.
	refused $(files './imap/*.C' './imap/*.c')
	perl -0777 -ne 's/"\s*\n\s*"//g; print "$ARGV: $1\n" while /"((?:\* )?(?:NO |BYE |BAD |-ERR |\[ALERT\] )(?:\\.|[^"\\])*)"/g' $(files './imap/*.C')
	coded $(files './*courier/module.esmtp/*esmtpd.C' './*courier/module.esmtp/esmtp.C' './*courier/submit*.C')
	;;
qmail)
	coded $(files './qmail-smtpd.c' './chkuser.c' './qmail-spp.c' './vdelivermail.c' './*/vdelivermail.c')
	perl -ne 'print "$ARGV: $1\n" while /(?:err|die_\w+|straynewline|puts|strerr_die\w*)\s*\([^"]*"([^"]*[a-z]{2}[^"]*)"/g' $(files './qmail-popup.c' './qmail-pop3d.c')
	perl -ne 'print "$ARGV: $1\n" while /return "[DZ]([^"]+)"/g' $(files './qmail.c')
	;;
opensmtpd)
	# The codes' own words come first: they are arguments of the format.
	{
		texts 'smtp_reply|smtp_enter_state' $(files './*smtpd/smtp_session.c')
		coded $(files './*smtpd/smtp_session.c' './*smtpd/lka_*.c')
	} | perl -pe 's/: 421 %s /: 421 4.3.0 /; s/(: 501 )%s %s: (Invalid domain)/$1 5.5.4 Invalid command arguments: $2/; s/(: 501 )%s %s: (Syntax)/$1 5.5.2 Syntax error: $2/; s/(: 45[12] )%s %s:/$1 4.5.3 Too many recipients:/; s/(: \d\d\d )%s %s: /$1 5.5.1 Invalid command: /'
	perl -ne 'print "$ARGV: $1\n" if /ESC_\w+,\s*"([^"]+)"/' $(files './*smtpd/esc.c')
	;;
sendmail)
	perl -0777 -ne 's/"\s*\n\s*"//g; while (/\b(?:usrerr|usrerrenh|message|syserr|nullserver|auth_fail\w*)\s*\(((?:[^;"]|"(?:\\.|[^"\\])*")*);/g) { my $a = $1; print "$ARGV: $1\n" while $a =~ /"((?:!?[45]\d\d[ -])(?:\\.|[^"\\])*)"/g }' $(files './*sendmail/srvrsmtp.c' './*sendmail/collect.c' './*sendmail/milter.c' './*sendmail/recipient.c' './*sendmail/parseaddr.c' './*sendmail/envelope.c' './*sendmail/alias.c' './*sendmail/deliver.c')
	perl -ne 'print "$ARGV: $2 $3\n" while /\$[#]error (?:\$@ (\S+) )?\$: "(?:(\d\d\d) )?([^"]+)"/g' $(files './*cf/m4/proto.m4' './*cf/feature/*.m4')
	;;
uw-imap)
	refused $(files './*src/imapd/imapd.c' './*src/ipopd/*.c')
	perl -ne 'print "$ARGV: $1\n" if /^char \*\w+ = "(?:%\.80s )?((?:\* )?(?:BAD|NO|BYE) .*)"/' $(files './*src/imapd/imapd.c')
	perl -0777 -ne 'print "$ARGV: $1\n" while /response = "((?:%\.80s )?(?:BAD|NO|BYE)[^"]+)"/g' $(files './*src/imapd/imapd.c')
	;;
james)
	perl -0777 -ne 'print "$ARGV: $1\n" while /HumanReadableText\("[^"]*",\s*"([^"]+)"/g' $(files './*/HumanReadableText.java')
	perl -0777 -ne 's/"\s*\+\s*\n?\s*"//g; s/"\s*\+\s*[\w.()]+\s*\+\s*"/%s/g; s/"\s*\)\s*\.append\((?:[^()"]|\([^()"]*\))*\)\s*\.append\(\s*"/%s/g; while (/(?:SMTPResponse|HookReturnCode|smtpDescription|POP3Response|setMessage|description)\(((?:[^;"]|"(?:\\.|[^"\\])*")*);/g) { my $a = $1; print "$ARGV: $1\n" while $a =~ /"((?:\\.|[^"\\])*[a-z]{2}(?:\\.|[^"\\])*)"/g }' $(files './protocols/smtp/src/main/*.java' './protocols/pop3/src/main/*.java' './server/protocols/protocols-smtp/src/main/*.java' './server/protocols/protocols-pop3/src/main/*.java')
	;;
stalwart)
	perl -0777 -ne 's/\\\n\s*//g; print "$ARGV: $1\n" while /b?"([45]\d\d[ -](?:\\.|[^"\\])*)"/g' $(files './crates/smtp/src/*.rs')
	perl -0777 -ne 's/\\\n\s*//g; print "$ARGV: $1\n" while /(?:StatusResponse::(?:no|bad|bye)|\.details|into_err|b"-ERR|b"\* BYE)\s*\(?\s*(?:concat!\()?"?((?:[^"\\]|\\.)*)"/g' $(files './crates/imap/src/*.rs' './crates/imap-proto/src/*.rs' './crates/pop3/src/*.rs' './crates/managesieve/src/core/*.rs')
	perl -ne 'print "$ARGV: $1\n" if /=> "([A-Z][^"]+)"/ && /Auth|Limit|Security|Imap|Pop3/' $(files './crates/trc/src/event/*.rs')
	;;
maddy)
	perl -0777 -ne 'print "$ARGV: $1\n" while /(?:Message|Reason):\s+"([^"]+)"/g' $(files './internal/endpoint/*.go' './internal/check/*.go' './internal/msgpipeline/*.go' './internal/storage/*.go')
	;;
mox)
	perl -0777 -ne 'print "$ARGV: $1\n" while /(?:xsmtp\w+Errorf|x?(?:bwrite|write)codeline|xuser(?:code)?Errorf|xsyntaxErrorf|xbwritelinef)\([^"\n]*"([^"]*[a-z]{2}[^"]*)"/g' $(files './smtpserver/*.go' './imapserver/*.go')
	perl -ne 'print "$ARGV: $1\n" while /errors\.New\("([^"]+)"/g' $(files './store/account.go')
	;;
haraka)
	perl -0777 -ne "print \"\$ARGV: \$2\n\" while /(?:respond\(\s*\d+,\s*|DENY\w*,\s*|constants\.deny\w*,\s*|DSN\.\w+\(\s*|reject\(\s*)(['\"\`])((?:(?!\1).)*[a-z]{2}(?:(?!\1).)*)\1/gs" $(files './connection.js' './plugins/*.js' './outbound/*.js' './*.js')
	perl -ne "print \"\$ARGV: \$1\n\" while /^exports\.\w+ = .*['\"]([^'\"]{8,})['\"]/g" $(files './node_modules/address-rfc2821/*.js' './dsn.js')
	;;
hmailserver)
	perl -ne 'print "$ARGV: $1\n" while /(?:SendErrorResponse_\(\d+|IMAPResult\(\w+::\w+|s(?:Error)?M(?:essage|sg)\w* *=|sErrMsg *=|SetErrorMessage\w*\()[ ,]*(?:_T\()?L?"((?:[^"\\]|\\.)*[a-z]{2}(?:[^"\\]|\\.)*)"/gi' $(files './hmailserver/source/Server/SMTP/*.cpp' './hmailserver/source/Server/IMAP/*.cpp' './hmailserver/source/Server/POP3/*.cpp' './hmailserver/source/Server/Common/AntiSpam/SpamTest*.cpp')
	coded $(files './hmailserver/source/Server/SMTP/*.cpp')
	refused $(files './hmailserver/source/Server/POP3/*.cpp' './hmailserver/source/Server/IMAP/*.cpp')
	;;
zimbra)
	perl -0777 -ne 's/"\s*\+\s*\n\s*"//g; while (/\b(?:sendNO|sendBAD|sendBYE|sendERR|Pop3CmdException|ImapParseException)\s*\(((?:[^;"'"'"'\n]|"(?:\\.|[^"\\\n])*")*);/g) { my $a = $1; print "$ARGV: $1\n" while $a =~ /"((?:\\.|[^"\\])*[a-z]{2}(?:\\.|[^"\\])*)"/g }' $(files './store/src/java/com/zimbra/cs/imap/*Handler.java' './store/src/java/com/zimbra/cs/imap/ImapRequest.java' './store/src/java/com/zimbra/cs/pop3/*.java')
	;;
nginx)
	perl -0777 -ne 's/"\s*\n\s*"//g; print "$ARGV: $1\n" while /"((?:[45]\d\d |NO |BAD |-ERR |\* BYE)[^"]*)"/g' $(files './src/mail/*.c')
	;;
perdition)
	texts '\w*write_str|\w*_write|\w+_mess(?:age)?' $(files './*/perdition/*.c')
	perl -ne 'print "$ARGV: $1\n" while /"([^"]*(?:Authentication|Login|login|authentic|Re-|Invalid|Could)[^"]*)"/g' $(files './*perdition/perdition.c' './*perdition/imap4*.c' './*perdition/pop3*.c' './*perdition/managesieve*.c')
	;;
wildduck)
	perl -0777 -ne "print \"\$ARGV: \$2\n\" while /(?:message|responseMessage|respond|send|new Error\()\s*[:(=]?\s*(['\"\`])((?:(?!\1).)*[a-z]{2}(?:(?!\1).)*)\1/g" $(files './imap-core/lib/*.js' './imap-core/lib/commands/*.js' './lib/pop3/*.js' './lib/user-handler.js' './pop3.js' './lib/handlers/on-auth.js' './lib/handlers/on-open.js')
	;;
zone-mta)
	perl -0777 -ne "print \"\$ARGV: \$2\n\" while /(?:new Error\(|app\.reject\([^,]*,[^,]*,[^,]*,|SMTPResponse\([^,]*,|message:|message =)\s*(['\"\`])((?:(?!\1).)*[a-z]{2}(?:(?!\1).)*)\1/g" $(files './lib/smtp-interface.js' './lib/size-limiter.js' './lib/mail-drop.js' './plugins/*.js')
	;;
*)
	echo "usage: extract.sh SPEAKER TREE" >&2
	exit 2
	;;
esac | sort -u
