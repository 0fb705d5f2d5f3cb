// Maildoctor finds out why e-mail does not work on this computer, on this
// network, with these settings. It names the cause and says what to do.
//
// It examines the three protocols of mail programs: POP3, IMAP and SMTP
// submission. It changes no settings, deletes nothing and sends no message.
//
// # Commands
//
//	maildoctor check ADDRESS | DOMAIN | PROFILE | URL...  the main job
//	maildoctor check -                     the same for a list on standard input
//	maildoctor init [ADDRESS|DOMAIN|URL...] a smoke file; check --file runs it
//	maildoctor demo [CASE]                 the main job against servers inside this program
//	maildoctor compare [ADDRESS]           what mail programs here have, next to what works
//	maildoctor settings ADDRESS            what to type into a mail program; tests nothing
//	maildoctor explain [CAUSE]             a cause's page; the list of all
//	maildoctor explain MESSAGE | FILE | -  what an error message, or a log, means
//	maildoctor explain --redact FILE       a log without passwords and tokens, to be posted
//	maildoctor explain --program NAME      the dialogs of a mail program, and their labels
//	maildoctor profiles list|show|validate the catalogue of providers, and your own files
//	maildoctor profiles import FILE|URL    makes such files of autoconfig files
//	maildoctor report FILE                 shows a saved run, and diagnoses it again
//	maildoctor completion SHELL            a script that completes commands, flags and values
//	maildoctor man [COMMAND]               a manual page, for man
//	maildoctor help COMMAND                all flags of a command
//
// Without a command, addresses and whatever else check takes are checked:
// maildoctor jane@q.com. Without arguments on a terminal, and after a double
// click on Windows, it asks for the address and the password and runs check.
//
// # What is checked
//
// An address, a domain or the id of a profile stands for all servers that the
// provider's page names. An endpoint can be given as a URL instead, without any
// profile:
//
//	imaps://HOST[:PORT]   IMAP, encrypted from the first byte; port 993
//	imap://HOST[:PORT]    IMAP with STARTTLS; port 143
//	pop3s://HOST[:PORT]   POP3, encrypted from the first byte; port 995
//	pop3://HOST[:PORT]    POP3 with STLS; port 110
//	smtps://HOST[:PORT]   submission, encrypted from the first byte; port 465
//	smtp://HOST[:PORT]    submission with STARTTLS; port 587
//
// Where the scheme has no s, ?starttls=required, if-offered or never says whether
// encryption is required; the default is required. Several arguments are one run.
// --protocol, -4 and -6 restrict it. --dry-run shows what would be tested.
//
// check - reads its arguments from standard input, one a line: up to 100,000 lines of at
// most 1,024 bytes. Empty lines and those that begin with # are skipped; a # behind a
// target is part of it. All that is wrong with the list is said at once, with the line,
// and then nothing is tested. What several lines name is tested once. The time of the
// whole run is not limited unless --run-timeout is given, nobody is asked for a password,
// and what mail programs of this computer have is not read.
//
// Every endpoint goes through the stages name, connection, encryption, greeting,
// capabilities, login, and mailbox or sender address, all endpoints at the same
// time. The first stage that fails blocks the later ones.
//
// # Follow-ups
//
// Where something failed, follow-up probes tell the remaining causes apart, all
// at the same time and in two rounds at most: other ports of the same server, the
// same port with other encryption, other name servers, the time elsewhere. A run
// in which everything works makes none, unless sources of published settings
// disagree. A port that was found by trying is offered as a setting only once it
// has accepted the login, within the limit of logins below; without a password the
// report says that it answers, and no more.
// The same holds for a name in a certificate that is for another server. The
// password goes there only if the name lies in the registered domain of the mail
// address, or is a server of the catalogue: anybody in between can show a valid
// certificate for a name of their own. Otherwise the report has the question to
// put to the provider.
//
// The report counts the follow-ups, and names everybody who was asked besides the
// provider and the name server; -v has each question with its answer and with
// what gave reason to ask, and so does JSON. --private leaves out those that
// would contact anybody else, --no-follow-up all of them; the report then says
// what was not asked.
//
// Where a server of a profile fails before the login, what the domain publishes now is
// asked, as for a domain that no profile knows, and tried: what works comes first in the
// report, without a password as well, unless DNS records alone name it. Where the profile's servers work, nobody is asked, unless --source says so. If
// sources disagree, the servers of those that weren't chosen are tried too, without a
// login; what is wrong there is a warning.
//
// Where a name cannot be looked up, or nothing accepts a connection at its
// address, public name servers are asked for a second opinion; --control-resolver
// ADDRESS names others to ask instead. A name that does not exist is compared
// with those of known profiles, and with those that servers usually have; what is
// found is never sent a password. A login that is refused is tried once more
// where something about it is unusual: with the user name in the form that the
// profile wants, the password without spaces at its ends, or another mechanism.
// That is the one extra login that a run may make.
//
// # Settings for a program
//
// maildoctor settings ADDRESS --as FORM writes the settings in a program's own words: a
// file to open, to save or to paste. maildoctor report FILE --as FORM does it with what
// worked in that run. The forms are
//
//	thunderbird   autoconfig XML, for the web server of the domain too
//	mobileconfig  Apple's systems; signed with --sign-cert and --sign-key
//	qr            Thunderbird for Android: drawn, or with --output FILE.png a picture
//	msmtp, isync, neomutt, aerc, himalaya
//	env           the environment of web applications
//	gitea, gitlab, grafana, nextcloud, wordpress, django, nodemailer
//
// No file holds a password. Every port is written out, and STARTTLS is required where
// the form has a word for that. A form that can't express the settings, or can't quote
// the user name safely, is refused with 2. What may be wrong with using the settings,
// such as that anybody on the way could have made them up, stands in the file and on
// the error output.
//
// # What mail programs have
//
// compare reads what mail programs on this machine have been given for an address (or,
// without one, for all addresses that they have), tests their servers beside those of the
// account, and names each field to change in the labels of the program's dialog. What
// differs and works as well is not called wrong. An address of which nothing is known is
// tested at the servers that its program has.
//
// Read are servers, ports, encryption and user names of Thunderbird, Evolution, neomutt,
// mutt, msmtp, isync and fetchmail in their usual places, and variables of web
// applications (SMTP_HOST, MAIL_HOST, MAILER_DSN, EMAIL_URL and others) in .env and in the
// environment. --file FORMAT:PATH reads a file instead: also k9 (an export of K-9 Mail or
// Thunderbird for Android), mobileconfig and outlook (an export of its registry). --set
// takes what somebody reads off a screen:
//
//	maildoctor compare jane@q.com --set imap=mail.q.com:143/starttls,user=jane --set smtp=smtp.q.com:25/none
//
// No command that a file names is run, and what it would print isn't known. A password that
// a file has in readable form is used with --use-stored-password alone, and never with
// --file or --set. The new Outlook connects through Microsoft's servers; where it is
// installed, compare says that this run saw another way.
//
// check does the same for a person at a terminal, unless CI is set or --no-compare given:
// what differs is then the first thing to do. JSON has it as "configured".
//
// # The dialogs of mail programs
//
// With --program NAME, settings shows what to type where in a mail program: the way to
// the dialog, and each field and choice by the label that is on the screen. check and
// report say with each action that changes settings where that is done, and give the
// settings that work in those labels; explain does it with a cause. Names are taken as
// people write them: thunderbird, "new outlook", K-9, "outlook 2021"; the shell completes
// them.
//
// Labels are in the language of LC_ALL, LC_MESSAGES or LANG, or of --language, where a
// source shows them, with the English ones beside. What no source shows is said in other
// words, and named. Some programs connect through their maker's servers: what a run from
// here sees is then not all that such a program depends on.
//
// # Passwords
//
// Without a password, everything up to the login is tested. On a terminal it is
// asked for, unless nothing could use it; Enter skips it. Otherwise it comes from
// one of
//
//	--password-stdin            the first line of standard input
//	--password-command COMMAND  the first line that a command prints
//	MAILDOCTOR_PASSWORD         an environment variable, which children don't get
//	--token-command COMMAND     an OAuth 2.0 access token instead
//	MAILDOCTOR_TOKEN            the same from the environment
//
// A flag takes precedence over the environment. A source that is named but empty
// is an error, so that a CI job that has lost its secret never goes unnoticed. No
// flag takes a password, and a URL with one in it is refused without being
// repeated.
//
// A command is run once, when the first login is about to be made, and not at all
// in a run that makes none. It may ask for a password of its own: the display
// makes room for it, and most servers wait for a minute or more. If it fails or
// prints nothing, login is not tried; the report says why, and the exit code is
// 1.
//
// A password is for one account. For a URL it is used only with --user; all URLs
// of a run then belong to that account, and so does an address beside them if
// they are servers of its provider and --user is its user name. It is sent only
// over verified encryption, or unencrypted where the settings themselves say
// "none" and --allow-cleartext-login is given. It is in no report, saved run or
// error, even where a server repeats it. Each protocol gets at most one refused
// login, and the whole run one more, because failed logins lock accounts. That
// holds for an account under all its names: servers count as one where they share
// an address or a registered domain.
//
// # Smoke files
//
// maildoctor init [ADDRESS|DOMAIN|PROFILE|URL...] writes a smoke file, and maildoctor
// check --file FILE runs it: which servers to test, as whom, and what is expected of
// them. init connects to the servers without a login and writes what it sees as
// expectations, so that the file is met from the beginning; a server that doesn't work
// has a comment. It never writes over a file. The file is TOML:
//
//	tls-min = "1.2"                      # of all servers; their own keys come first
//	certificate-days = { value = 14, severity = "warn" }
//
//	[[account]]
//	name = "probe"
//	user = "probe@example.com"
//	password-env = "PROBE_PASSWORD"      # or password-file, password-command, token-command
//
//	[[endpoint]]
//	name = "inbox"                       # name and labels are your own
//	labels = ["production"]
//	url = "imaps://imap.example.com"     # or address, domain, profile: all their servers
//	account = "probe"                    # or user, and a source of its password
//	login = true
//
// No password stands in the file: one that does is refused without being repeated. A
// variable or a file must not be empty, and a password file is looked for in the smoke
// file's directory; commands run when a login needs them, without the variables that the
// file names. What is expected, as a plain value or as { value = ..., severity = "warn" }:
//
//	reachable                     "ipv4", "ipv6" or "both"; true for any
//	security                      "tls", "starttls", "starttls-if-offered", "none", or a list
//	tls-min                       the least version, "1.2"
//	certificate-days              the least days until the first of the chain expires
//	certificate-names             names that it has
//	certificate-issuer            a part of the issuer's name, or one of several
//	certificate-key-bits          the least size, in bits of RSA
//	starttls-offered              true or false
//	login-needs-tls               no way to log in is offered before encryption
//	mechanisms-offered            SASL mechanisms
//	mechanisms-absent             likewise
//	capabilities                  first words of what CAPABILITY, CAPA or EHLO lists
//	login                         the account's login is accepted
//	login-refuses-wrong-password  another password isn't
//	sender-accepted               an address, or true for the account's
//	size-at-least                 of a message, "25 MB"; units are powers of two
//	quota-below                   percent of the mailbox in use, "90%"
//	no-open-relay                 nobody's mail to others is taken without a login
//	greeting-within               "2s", from the connection
//	ready-within                  "5s", from the start to the capabilities or the login
//	discovery-agrees              true, or sources that name the server: ["srv", "mx", "tlsa"]
//	cause-absent                  ids of maildoctor explain
//
// discovery-agrees compares the server with what its domain publishes: pacc, autoconfig,
// autoconfig-well-known, autoconfig-http, srv and mx name servers, and tlsa (RFC 6698) says
// which certificate a server has. true is all of these, as far as they say anything about
// the server. TLSA records are compared even if the name server doesn't confirm DNSSEC; the
// report then says that clients ignore them. own, catalogue, ispdb, autodiscover and
// guess, by which a domain doesn't speak for itself, have to be named.
//
// A default that can't apply to a server, such as size-at-least to IMAP, isn't expected
// of it; on the server itself that is an error. false takes back a default of the kind
// that is true or nothing. Everything that is wrong in a file is said at once, with line
// and column, and the exit code is 2.
//
// --only and --skip choose expectations by id, and endpoints by name, URL or label.
// --dry-run shows what is expected of which server. All flags of check apply, but --user;
// there is no limit on the whole run unless --run-timeout is given. Mail programs of this
// machine aren't read, and nobody is asked for a password. The reports in text and JSON
// have the file's name and SHA-256. maildoctor init --schema --output smoke.schema.json
// writes a JSON Schema, which editors find by the file's first line.
//
// # Many endpoints
//
// check tests up to --parallel endpoints at a time, with at most --per-address connections
// to one address, and --spacing between the beginnings of two. A server that refuses a
// connection before the login while others from here are open (421, BYE) gets them one at
// a time from then on, with pauses, which become shorter again while it takes them; only
// the refusal of a connection that is alone is a failure (connections-limited says that
// it happened).
//
// --retries N tests an endpoint that fails, or is later than its smoke file expects, up to
// N more times, each after --retry-wait. If it works then, that is a warning
// (intermittent-failure) with what differed; if it doesn't, the try that got farthest
// counts. A password that was not accepted is never sent again. The questions of a
// diagnosis are asked when all tries have ended.
//
// --resume FILE goes on with a run of --file or - that --save wrote and that ended early.
// Endpoints whose group of servers or accounts had ended are taken over with what was seen
// of them; the others are tested. File, arguments and flags must be the same, but for
// those of pace and time limits, and the run must be less than a day old. It keeps its
// start, and a notice says when it was resumed. A report in the form jsonl is no saved run.
//
// # Reports
//
// A report says in this order: the verdict, what to do and who can do it, the
// settings to type in, how far each connection got, and the cause with how
// certain it is. -v adds what was seen, -vv all of it with the transcripts, in
// which credentials are left out. In no command does -v mean anything else.
//
// --format json is for programs. Its members are described by the JSON Schema in
// report/jsonreport; members are only ever added, and one that is absent was not
// looked at. --output FORM=FILE writes a form to a file as well, any number of
// times; without FORM the file's ending decides. The files are opened before
// anything is tested. FORM=- is standard output, which then has that form alone.
// An existing file gets the new report in place of the old one.
//
// The forms, with the file endings that stand for them:
//
//	text        .txt   for people; the default
//	json        .json  one object, for programs
//	jsonl       .jsonl one object a line: each endpoint, and the run at the end
//	markdown    .md    for the summary of a job, and for a ticket
//	prometheus  .prom  metrics, for the textfile collector of node_exporter
//	junit       .xml   test results, for GitLab, Jenkins and others
//	tap         .tap   test results in TAP 14
//	github             annotations in a workflow of GitHub Actions
//	nagios             the output of a monitoring plugin, with its exit codes
//
// A line of jsonl is written as soon as the endpoints that share a host, an address or an
// account have been examined, in the order in which that comes about, and has "type":
// "check" or, for the run, "run". Where the whole run leads to another conclusion than a
// line, such as that there is no network, the line of the run has it under "revised". In a
// file, and from maildoctor report, the same lines have the order of the plan. The schema
// is LinesSchema in report/jsonreport. Such a file is no saved run: report and --against
// refuse it with 2. What --save writes is a saved run, whatever its name.
//
// A page of markdown has less than 1 MiB, and says what it leaves out. Nothing that a
// server says becomes markup, a link, a mention or a reference on it.
//
// A file of metrics is replaced in one step, so that whoever reads it sees the old ones or
// the new ones; it is readable by other users as far as the umask allows, or keeps the mode
// that it has. Names and labels are stable and described in report/prometheus. What was not
// seen is absent. In cron or a timer:
//
//	maildoctor check imaps://imap.example.net --output /var/lib/node_exporter/mail.prom
//
// --dry-run is shown as text or JSON, with a schema of its own (PlanSchema). Colour is
// used on terminals, unless NO_COLOR is set; --color, --width and --ascii decide
// otherwise.
//
// Four forms list results one after the other, a result for each endpoint and for each
// expectation of a smoke file. junit (.xml) is for the test views of GitLab, Jenkins and
// GitHub's reporters; tap (.tap) is version 14 of the Test Anything Protocol; github is
// annotations of GitHub Actions, with file and line; nagios is the output of a monitoring
// plugin. JUnit and TAP have no warnings: what works with one passes, or fails with
// --strict, and so agrees with the exit code.
//
// Programs that run monitoring plugins read the exit code as a status. With --format
// nagios it is 0 where all works, 1 for warnings, 2 where something does not work, and 3
// for all else: could not tell, wrong usage, a failure of maildoctor, an interruption.
// What ends maildoctor without a report is then on standard output too.
//
// Of more than 30 connections, those that are in order are counted, and the others
// stand together by cause and server; -v shows all. Where something failed, the last
// line of the text is one to read out by phone.
//
// --linear writes sentences without tables and signs, for a screen reader, and progress
// as lines of which each is written once; ACCESSIBLE in the environment, where it is not
// empty, does the same.
//
// # Saved runs
//
// --save FILE writes a run as it goes on, one JSON value per line, readable only
// by its owner and never over an existing file. It holds addresses, names,
// certificates and what servers said, and neither the password nor any mail.
// maildoctor report FILE shows the same report again, byte for byte where the
// version, width and colour are the same; a newer maildoctor may find more in it.
// A file that was cut short shows what is known.
//
// --save-chain FILE, for check, demo and report, writes the certificates that the
// mail servers have shown, each different chain once, in PEM with comments:
// subject, issuer, validity, and the SHA-256 of the certificate and of its public
// key, for pinning or as a CA file. If they are not trusted, a warning is at the
// top. A saved run has the certificates; a report in JSON has only their facts.
//
// --against OLD, for check and report, compares the run with an older one: what
// changed, what did not, what was tested in only one of them, and the
// circumstances of both; and of the expectations of a smoke file, which are newly not
// met, met again, or still not met. The exit code is the newer run's. With --fail-on new,
// it is 0 if all that is wrong was as bad in the older run, endpoint by endpoint (for the
// same cause) and expectation by expectation (one that was only a warning then, and is
// more now, is news); so are, for compare, the mail programs and their settings, one by
// one. In forms that list results, what was as bad is a warning; every form says that it
// is not new, JSON in against.stood.
//
// maildoctor report FILE --redact --save NEW makes a copy to share: account
// names, the addresses of the computer and its network, its names and that of its
// proxy are replaced, each by the same stand-in wherever it occurs. The
// provider's servers, their replies and certificates stay, and so do the
// findings.
//
// # Exit codes
//
// They are the same for every form of output.
//
//	0    works, as far as was asked; warnings too, unless --strict
//	1    problems were found, or it could not be told
//	2    wrong usage, or a file that can't be used
//	3    maildoctor itself failed
//	130  interrupted: the report says what was known by then
//
// The first Ctrl-C ends the run and shows the report, the second ends the program
// at once.
//
// # Your own profiles
//
// Files in maildoctor/profiles below the user's configuration directory
// ($XDG_CONFIG_HOME, or ~/.config), and those in each --profiles DIR, override
// the built-in catalogue. Their form is described in package profiles; maildoctor
// profiles validate finds every mistake at once, and maildoctor profiles import makes
// such files of those in Thunderbird's autoconfig format, which may be at a URL (https).
// maildoctor profiles list --ages lists the oldest first.
//
// # Catalogues that get old
//
// maildoctor profiles validate --probe holds a catalogue against what there is: its own
// or, with DIR, profiles or files of Thunderbird's database (ISPDB) as they are. For
// each domain it says, with file and line, whether the entry holds, is dead, has moved,
// differs from the servers, is published by the domain itself, could be encrypted, or
// can't be told from here. Nobody logs in. --parallel bounds the visits at a time,
// --pause keeps a distance between those to one registered domain, and --resume FILE
// keeps what was seen, one JSON value per line, so that an interrupted run can be gone
// on with. What had not gone well is then looked at again, since nobody can tell
// afterwards whether the network was to blame. A journal of another catalogue is
// refused.
//
// With --format json the answer has these members, and more may be added:
//
//	version    1; changes when a member changes its meaning
//	catalogue  what was looked at, in words
//	complete   false if it was interrupted
//	totals     how many entries have each verdict; one may have several: holds, dead,
//	           moved, differs, self-published, could-encrypt, not-from-here
//	asked      third parties that were asked about names, ip:port
//	entries    the most urgent first, each with domain (empty for a profile without
//	           domains), profile, provider, file, line, checked and read (the dates of
//	           its source), verdicts, visited (false if something wasn't looked at), and
//	           reasons: id, verdict, line, text, and as far as it is about them name,
//	           other (a provider, a domain, or a source of settings), server, instead
//	           (a better server), stage and fault, protocol
//
// # Examples
//
// A customer whose mail does not work:
//
//	maildoctor check jane@q.com
//
// A technician, who keeps what was seen:
//
//	maildoctor check jane@q.com -v --save before.jsonl
//	maildoctor report before.jsonl -vv
//	maildoctor check jane@q.com --save hotspot.jsonl --against before.jsonl
//	maildoctor report before.jsonl --redact --save case.jsonl
//
// A CI job, with a file that is kept beside the code:
//
//	maildoctor init probe@example.com --output smoke.toml
//	maildoctor check --file smoke.toml --format json --strict
//
// Without a file:
//
//	maildoctor check imaps://imap.example.net smtp://smtp.example.net \
//	    --user monitor --format json --strict
//	maildoctor check jane@q.com --strict --output mail.xml --output mail.tap
//
// A monitor that runs plugins:
//
//	maildoctor check imaps://imap.example.net --format nagios
package main
