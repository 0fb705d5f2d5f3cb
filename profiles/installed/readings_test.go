package installed

// readings are texts and what they say.
var readings = []struct{ format, name, text, want string }{
	{"msmtp", "as the manual has it", `# comment
defaults
auth on
tls on

account home
host Mail.Home.Example.
port 587
from "jane@home.example"
user jane
password "secret word"

account work : home
host smtp.work.example
tls_starttls off
tls_certcheck off
port 4650
passwordeval "gpg -d x"

account default : work
`, `
msmtp "home" <jane@home.example>
	smtp mail.home.example:587 starttls user=jane by=on left=security line=7 password=secret word
msmtp "work" <jane@home.example>
	smtp smtp.work.example:4650 tls user=jane by=on unchecked line=14 password=secret word
`},
	{"msmtp", "left to msmtp", "account a\nhost a\naccount b\nhost b\ntls on\ntls_starttls off\naccount c\nhost c\nprotocol lmtp\n", `
msmtp "a" <>
	smtp a:25 none user= by=off left=security,port line=2
msmtp "b" <>
	smtp b:465 tls user= by=off left=port line=4
msmtp "c" <>
	smtp c:0 none user= by=off left=security line=8
`},
	{"msmtp", "a host of blanks", "host \"  \"\nuser u\n", ``},
	{"msmtp", "wrong", "host h\nport 99999\naccount b : nobody\nhost b\neval echo host evil\nhost [::1]\n", `
msmtp "default" <>
	smtp h:0 none user= by=off left=security line=1
msmtp "b" <>
	smtp [::1]:25 none user= by=off left=security,port line=6
problem: FILE:3:9: account: expected the name of an account that stands above
problem: FILE:5:1: eval: the command isn't run, so that what it would set is not known
problem: FILE:2:6: the port: expected a number from 1 to 65535
`},

	{"isync", "as the manual has it", `IMAPAccount home
# comment
host imap.home.example
User "jane doe\"s"
Pass "se cret"
TLSType imaps
AuthMechs LOGIN PLAIN

IMAPStore direct
Host imap.z.example
User z
PassCmd "+pass show"
SSLType None # none

IMAPAccount tunnelled
Host t.example
Tunnel "ssh t imapd"

IMAPAccount old
Host imaps:old.example
Port 9993
UserCmd "echo me"

MaildirStore local
Path ~/Mail
Host nothing.example
`, `
isync "home" <>
	imap imap.home.example:993 tls user=jane doe"s by=LOGIN PLAIN left=port line=3 password=se cret
isync "direct" <>
	imap imap.z.example:143 none user=z left=port line=10
isync "old" <>
	imap old.example:9993 tls user= line=20
`},
	{"isync", "wrong", "IMAPAccount a\nHost a\nPort x\nUser\nUser \"b\nTLSType maybe\n", `
isync "a" <>
	imap a:0  user=b line=2
problem: FILE:4:1: expected an argument behind the keyword
problem: FILE:5:1: expected a double quote at the end of the argument
problem: FILE:3:6: the port: expected a number from 1 to 65535
`},

	{"fetchmail", "as the manual has it", `set daemon 300
set no bouncemail
set logfile "~/log"
defaults protocol imap user "dflt"
poll a.example with proto pop3 and options no dns: # comment
   user jane there with password "x\x41" is john here options ssl
   user bob here is "rob ert" there
skip b.example via mail.b.example service 1143 envelope 2 "Delivered-To"
   username 'q"q' pass "a b" no sslcertck sslproto ''
poll c.example
poll d.example plugin "ssh d" user d
poll e.example proto auto service imaps user e preconnect "rm -rf /" smtphost a b keep
`, `
fetchmail "a.example" <>
	pop3 a.example:995 tls user=jane left=port line=5 password=xA
fetchmail "a.example" <>
	pop3 a.example:110 starttls user=rob ert left=security,port line=5
fetchmail "b.example" <>
	imap mail.b.example:1143 none user=q"q unchecked line=8 password=a b
fetchmail "c.example" <>
	imap c.example:143 starttls user=dflt left=security,port line=10
fetchmail "e.example" <>
	imap e.example:993 starttls user=e left=protocol,security line=12
`},
	{"fetchmail", "quotes", "poll a.example proto imap user \"ab\"c pass \"a\\\"b\"\n user 'x y' pass keep\n", `
fetchmail "a.example" <>
	imap a.example:143 starttls user="ab"c left=security,port line=1 password="a"b"
fetchmail "a.example" <>
	imap a.example:143 starttls user=x y left=security,port line=1 password=keep
`},
	{"fetchmail", "wrong", "poll a.example proto imap user=jane pass 'x\n", `
fetchmail "a.example" <>
	imap a.example:143 starttls user=jane left=security,port line=1 password='x
problem: FILE:1:31: expected a value, without = before it
problem: FILE:1:42: expected a second quote at the end of the word
`},

	{"neomutt", "as the manual has it", `# comment \
set imap_pass = continued
set from = "Jane Doe <jane@home.example>" my_host='imap.home.example'
set folder = "imaps://$my_host/" spoolfile = +INBOX
set imap_user=jane\@home.example ; set imap_pass = 'p w'
set smtp_url = "smtp://jane%40home.example@smtp.home.example:587/" \
    smtp_pass="s\"p"
set nossl_force_tls ssl_starttls = no
unset ssl_verify_host
bind index "\Cb" "x ; set folder=imaps://evil.example/"
mailboxes =INBOX imaps://other@other.example/INBOX +Sent
account-hook other 'set imap_pass="o p"'
`, `
neomutt "" <jane@home.example>
	imap imap.home.example:993 tls user=jane@home.example unchecked left=port line=4 password=p w
	smtp smtp.home.example:587 none user=jane@home.example unchecked line=6 password=s"p
neomutt "" <jane@home.example>
	imap other.example:993 tls user=other unchecked left=port line=11 password=o p
`},
	{"neomutt", "several accounts", `
set imap_user = a folder = imap://a.example:1143
account-hook . "unset imap_user imap_pass"
account-hook imap://a 'set imap_user=anna'
folder-hook b.example 'set folder=imaps://b@b.example/ from=b@b.example'
folder-hook b.example "set smtp_url=smtps://b@smtp.b.example ssl_force_tls"
folder-hook . 'set pop_host = pop.a.example:111'
`, `
neomutt "" <>
	imap a.example:1143 starttls user=anna left=security line=2
	pop3 pop.a.example:111 starttls user= left=user,security line=7
neomutt "b.example" <b@b.example>
	imap b.example:993 tls user=b left=port line=5
	pop3 pop.a.example:111 starttls user= left=user line=7
	smtp smtp.b.example:465 tls user=b left=port line=6
`},
	{"neomutt", "commands are not run", "set folder=\"imaps://`host`/\" imap_pass=`pass`\nsource \"pass |\"\nset smtp_url=smtp://x@`echo h`\nset spoolfile=imaps://s.example imap_user=`me`\n", `
problem: FILE:2:8: source: the command isn't run, so that what it would set is not known
`},
	{"neomutt", "wrong", "set folder=imaps://h.example:no/ imap_user=\"jane\nx\n", `
neomutt "" <>
	imap h.example:0 tls user=jane\x0ax\x0a line=1
problem: FILE:1:44: expected a second quote at the end of the word
problem: FILE:1:30: the port: expected a number from 1 to 65535
`},
	{"mutt", "no login of its own for sending", "set spoolfile=pop://p@p.example smtp_url=smtp://s.example\nset ssl_force_tls=no\nset smtp_authenticators='plain'\n", `
mutt "" <>
	pop3 p.example:110 starttls-if-offered user=p left=port line=1
	smtp s.example:25 starttls-if-offered user= by=plain left=port line=1
`},

	{"thunderbird", "what versions before wrote", `// comment
/* another */ # third
user_pref("mail.accountmanager.accounts", "account1, account2,account3,account1");
pref('mail.account.account1.server', "server1");
user_pref("mail.account.account1.identities", "id1,id2,id3");
user_pref("mail.account.account2.server", "server2");
user_pref("mail.account.account3.server", "server3");
user_pref("mail.server.server1.type", "imap");
user_pref("mail.server.server1.hostname", "first.example");
user_pref("mail.server.server1.realhostname", "now.example");
user_pref("mail.server.server1.userName", "j\u00f6e\x41");
user_pref("mail.server.server1.isSecure", true);
user_pref("mail.server.server1.port", -1);
user_pref("mail.server.server2.type", "rss");
user_pref("mail.server.server2.hostname", "Feeds");
user_pref("mail.server.server3.type", "pop3");
user_pref("mail.server.server3.hostname", "pop.example");
user_pref("mail.server.server3.socketType", 1, sticky);
user_pref("mail.identity.id1.useremail", "a@x.example");
user_pref("mail.identity.id1.smtpServer", "smtp2");
user_pref("mail.identity.id2.useremail", "b@x.example");
user_pref("mail.identity.id3.useremail", "a@x.example");
user_pref("mail.smtpservers", "smtp1,smtp2");
user_pref("mail.smtpserver.smtp1.hostname", "one.example");
user_pref("mail.smtpserver.smtp2.hostname", "two.example");
user_pref("mail.smtpserver.smtp2.try_ssl", 3);
`, `
thunderbird "" <a@x.example>
	imap now.example:993 tls user=jöeA by=passwordCleartext left=port line=10
	smtp two.example:465 tls user= by=passwordCleartext left=port line=25
thunderbird "" <b@x.example>
	imap now.example:993 tls user=jöeA by=passwordCleartext left=port line=10
	smtp one.example:587 none user= by=passwordCleartext left=security,port line=24
thunderbird "" <>
	pop3 pop.example:110 starttls-if-offered user= by=passwordCleartext left=port line=17
`},
	// Asked for its accounts, Thunderbird 153 gave the same hosts, ports, modes and names.
	{"thunderbird", "defaults that were changed", `
user_pref("extensions.lastAppVersion", "153.8.0");
user_pref("mail.accountmanager.accounts", "account1,account2,account3");
user_pref("mail.account.account1.server", "server1");
user_pref("mail.account.account1.identities", "id1");
user_pref("mail.account.account2.server", "server2");
user_pref("mail.account.account3.server", "server3");
user_pref("mail.identity.id1.useremail", "jane@q.example");
user_pref("mail.server.default.socketType", 2);
user_pref("mail.server.server1.hostname", "imap.q.example");
user_pref("mail.server.server1.realhostname", "real.example");
user_pref("mail.server.server1.realuserName", "realuser");
user_pref("mail.server.server1.userName", "jane");
user_pref("mail.server.server1.socketType", 2);
user_pref("mail.server.server1.port", 1);
user_pref("mail.server.server1.type", "imap");
user_pref("mail.server.server2.hostname", "pop.z.example");
user_pref("mail.server.server2.isSecure", true);
user_pref("mail.server.server2.port", 0);
user_pref("mail.server.server2.type", "pop3");
user_pref("mail.server.server3.hostname", "three.example");
user_pref("mail.server.server3.type", "imap");
user_pref("mail.smtpserver.default.try_ssl", 3);
user_pref("mail.smtpserver.smtp1.hostname", "smtp.q.example");
user_pref("mail.smtpserver.smtp1.port", 587);
user_pref("mail.smtpservers", "smtp1");
`, `
thunderbird "" <jane@q.example>
	imap imap.q.example:1 starttls user=jane by=passwordCleartext line=10
	smtp smtp.q.example:587 tls user= by=passwordCleartext left=security line=24
thunderbird "" <>
	pop3 pop.z.example:995 tls user= by=passwordCleartext left=port line=17
thunderbird "" <>
	imap three.example:143 starttls user= by=passwordCleartext left=security,port line=21
`},
	{"thunderbird", "wrong", "user_pref(\"a\", nil);\n  user_pref(\"mail.accountmanager.accounts\", \"a\"); user_pref(\"mail.account.a.server\", \"s\")\nuser_pref(\"x\", \"y\nuser_pref(\"b\", 1);\n", `
problem: FILE:1:1: expected user_pref("name", value); with a string, a number, true or false
problem: FILE:2:51: expected user_pref("name", value); with a string, a number, true or false
problem: FILE:3:1: expected user_pref("name", value); with a string, a number, true or false
`},

	{"evolution", "of one file", "[Data Source]\nDisplayName=a\\sb\n[Mail Account]\nBackendName=imapx\n[Authentication]\nHost=h.example\nUser=u\nMethod=XOAUTH2\nnothing\n[open\n", `
evolution "a b" <>
	imap h.example:143 none user=u by=XOAUTH2 left=security,port line=6
problem: FILE:9:1: expected [group], or key=value below one
problem: FILE:10:1: expected ] at the end of a group's name
`},

	{"k9", "two accounts", `<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<k9settings version="102" format="1">
  <global><value key="host">no.example</value></global>
  <accounts>
    <account uuid="1">
      <name>Work &amp; home</name>
      <incoming-server type="IMAP">
        <host>imap.q.example</host>
        <port>993</port>
        <connection-security>SSL_TLS_REQUIRED</connection-security>
        <authentication-type>PLAIN</authentication-type>
        <username>jane@q.example</username>
        <password>pw</password>
        <extra><value key="host">not.example</value></extra>
      </incoming-server>
      <outgoing-server type="SMTP">
        <host>smtp.q.example</host>
        <connection-security>STARTTLS_REQUIRED</connection-security>
        <authentication-type>XOAUTH2</authentication-type>
        <username>jane</username>
      </outgoing-server>
      <identities><identity><name>J</name><email>jane@q.example</email></identity><identity><email>b@q.example</email></identity></identities>
    </account>
    <account uuid="2">
      <incoming-server type="POP3"><host>pop.z.example</host><port>eleven</port><connection-security>NONE</connection-security></incoming-server>
      <outgoing-server type="WEBDAV"><host>dav.example</host></outgoing-server>
    </account>
  </accounts>
</k9settings>
`, `
thunderbird-android "Work & home" <jane@q.example>
	imap imap.q.example:993 tls user=jane@q.example by=PLAIN line=8 password=pw
	smtp smtp.q.example:587 starttls user=jane by=XOAUTH2 left=port line=17
thunderbird-android "" <>
	pop3 pop.z.example:0 none user= line=25
problem: FILE:25: the port: expected a number from 1 to 65535
`},
	{"k9", "wrong", "<k9settings>\n<accounts><account><name>a</nam></account>", `
problem: FILE:2:33: expected well-formed XML, an export of K-9 Mail or Thunderbird for Android
`},
	{"k9", "another file", "<html/>", `
problem: FILE:1:8: expected the element k9settings, as in an export of K-9 Mail or Thunderbird for Android
`},

	{"mobileconfig", "with a password", `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>PayloadContent</key><array>
<dict>
<key>PayloadType</key><string>com.apple.mail.managed</string>
<key>EmailAccountDescription</key><string>Work</string>
<key>EmailAddress</key><string>jane@q.example</string>
<key>EmailAccountType</key><string>EmailTypeIMAP</string>
<key>IncomingMailServerHostName</key><string>imap.q.example</string>
<key>IncomingMailServerPortNumber</key><integer>143</integer>
<key>IncomingMailServerUseSSL</key><true/>
<key>IncomingMailServerUsername</key><string>j.doe</string>
<key>IncomingMailServerAuthentication</key><string>EmailAuthPassword</string>
<key>IncomingPassword</key><string>canary</string>
<key>OutgoingMailServerHostName</key><string>smtp.q.example</string>
<key>OutgoingMailServerPortNumber</key><integer>99999</integer>
</dict></array></dict></plist>
`, `
mobileconfig "Work" <jane@q.example>
	imap imap.q.example:143 starttls user=j.doe line=8
problem: FILE:15: OutgoingMailServerPortNumber: found "99999", expected a number from 1 to 65535
`},

	{"outlook", "two accounts", "Windows Registry Editor Version 5.00\r\n\r\n" +
		`[HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook\Profiles\Outlook\9375CFF0413111d3B88A00104B2A6676\00000002]` + "\r\n" +
		`"Account Name"="W\\ork \"q\""` + "\r\n" +
		`"Email"=hex:6a,00,40,00,71,00,2e,00,65,00,78,00,\` + "\r\n  00,00\r\n" +
		`"IMAP Server"="imap.q.example"` + "\r\n" + `"IMAP Port"=dword:000003e1` + "\r\n" + `"IMAP User"="jane"` + "\r\n" + `"IMAP Use SSL"=dword:00000001` + "\r\n" +
		`"IMAP Password"=hex:02,01` + "\r\n" +
		`"SMTP Server"=hex(1):73,00,00,00` + "\r\n" + `"SMTP Port"=dword:0000024b` + "\r\n" + `"SMTP Use Auth"=dword:00000001` + "\r\n" + `"SMTP Secure Connection"=dword:00000002` + "\r\n" +
		`[HKEY_CURRENT_USER\x\9375CFF0413111d3B88A00104B2A6676\00000003]` + "\r\n" +
		`"POP3 Server"="pop.q.example"` + "\r\n" + `"POP3 User"="p"` + "\r\n" + `"POP3 Use SPA"=dword:1` + "\r\n" + `"SMTP Server"="s2"` + "\r\n" + `"SMTP Use SSL"=dword:00000001` + "\r\n" +
		`[HKEY_CURRENT_USER\elsewhere]` + "\r\n" + `"IMAP Server"="no.example"` + "\r\n", `
outlook "W\\ork \"q\"" <j@q.ex>
	imap imap.q.example:993 tls user=jane line=7
	smtp s:587 starttls user=jane line=12
outlook "" <>
	pop3 pop.q.example:110 none user=p by=SPA left=security,port line=17
	smtp s2:25 starttls user= by=none left=port line=20
`},
	{"outlook", "wrong", "REGEDIT4\n[x\n\"IMAP Port\"=hex:zz\n\"open\n", `
problem: FILE:2:1: expected ] at the end of a key
problem: FILE:3:1: expected text in double quotes, dword: and eight digits, or hex: and pairs of digits
problem: FILE:4:1: expected "name"=value
`},
	{"outlook", "another file", "[x]\n", `
problem: FILE:1:1: expected the first line of an export of the registry, as regedit writes it
`},

	{"env", "vaultwarden", "export SMTP_HOST=smtp.q.example # here\nSMTP_SECURITY=force_tls\nSMTP_PORT=\"465\"\nSMTP_USERNAME='jane'\nSMTP_PASSWORD='p #w'\nSMTP_FROM=v@q.example\nSMTP_ACCEPT_INVALID_CERTS=true\n", `
env "SMTP_HOST" <v@q.example>
	smtp smtp.q.example:465 tls user=jane unchecked line=1 password=p #w
`},
	{"env", "nextcloud", "MAIL_DOMAIN=q.example\nMAIL_FROM_ADDRESS=cloud\nSMTP_HOST=h.q.example\nSMTP_SECURE=tls\nSMTP_NAME=c\nSMTP_AUTHTYPE=LOGIN\n", `
env "SMTP_HOST" <cloud@q.example>
	smtp h.q.example:587 starttls-if-offered user=c by=LOGIN left=port line=3
`},
	{"env", "nodemailer", "SMTP_HOST=h\nSMTP_SECURE=false\nSMTP_USER=u\nSMTP_PASS=\"a\\\"b\\\\c\"\n", `
env "SMTP_HOST" <>
	smtp h:587 starttls-if-offered user=u left=port line=1 password=a"b\c
`},
	{"env", "mastodon", "SMTP_SERVER=h\nSMTP_TLS=true\nSMTP_LOGIN=u\nSMTP_OPENSSL_VERIFY_MODE=none\n", `
env "SMTP_SERVER" <>
	smtp h:465 tls user=u unchecked left=port line=1
`},
	{"env", "vaultwarden before", "SMTP_HOST=h\nSMTP_SSL=true\nSMTP_EXPLICIT_TLS=false\n", `
env "SMTP_HOST" <>
	smtp h:587 starttls user= left=port line=1
`},
	{"env", "laravel", "MAIL_MAILER=smtp\nMAIL_HOST=m\nMAIL_PORT=465\nMAIL_ENCRYPTION=tls\nMAIL_USERNAME=${MAIL_FROM_ADDRESS}\nMAIL_FROM_ADDRESS=f@q.example\n", `
env "MAIL_HOST" <f@q.example>
	smtp m:465 tls user= line=2
`},
	{"env", "laravel that logs", "MAIL_MAILER=log\nMAIL_HOST=m\n", ``},
	{"env", "flask and django", "MAIL_SERVER=f\nMAIL_USE_TLS=1\nEMAIL_HOST=d\nEMAIL_USE_SSL=True\nEMAIL_HOST_USER=u\n", `
env "MAIL_SERVER" <>
	smtp f:25 starttls user= left=port line=1
env "EMAIL_HOST" <>
	smtp d:25 tls user=u left=port line=3
`},
	{"env", "gitea and grafana", "GITEA__mailer__SMTP_ADDR=g\nGITEA__mailer__PROTOCOL=smtps\nGITEA__mailer__PASSWD=x\nFORGEJO__mailer__HOST=f:587\nGF_SMTP_HOST=w:465\nGF_SMTP_SKIP_VERIFY=true\n", `
env "GITEA__mailer__SMTP_ADDR" <>
	smtp g:465 tls user= left=port line=1 password=x
env "FORGEJO__mailer__HOST" <>
	smtp f:587 starttls-if-offered user= left=security line=4
env "GF_SMTP_HOST" <>
	smtp w:465 tls user= unchecked line=5
`},
	{"env", "URLs", "MAILER_DSN=smtp://u%40x:p%2Fw@s.example:587?require_tls=true&verify_peer=0\nSMTP_URL='smtp://n.example?ignoreTLS=true'\nEMAIL_URL=smtps://d:q@d.example:587\n", `
env "MAILER_DSN" <>
	smtp s.example:587 starttls user=u@x unchecked line=1 password=p/w
env "SMTP_URL" <>
	smtp n.example:587 none user= left=port line=2
env "EMAIL_URL" <>
	smtp d.example:587 starttls user=d line=3 password=q
`},
	{"env", "a DSN without a port, and a provider's", "MAILER_DSN=smtp://s.example\nSMTP_URL=sendgrid+api://KEY@default\n", `
env "MAILER_DSN" <>
	smtp s.example:465 tls user= left=port line=1
`},
	{"env", "a password with a slash", "MAILER_DSN=smtp://jane:pa/ss@s.example:587\n", `
env "MAILER_DSN" <>
	smtp jane:0 starttls-if-offered user= line=1
problem: FILE:1:24: the port: expected a number from 1 to 65535
`},
	{"env", "commands and references", "H=h.example\nSMTP_HOST=${H}\nSMTP_USER=$(whoami)\nSMTP_PASSWORD=x${NOWHERE}\nMAIL_HOST=`host`\nno line\n", `
env "SMTP_HOST" <>
	smtp h.example:587 starttls-if-offered user= left=security,port line=2
problem: FILE:6:1: expected NAME=value
`},
}
