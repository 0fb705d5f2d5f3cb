// Package installed reads what mail programs have been given: servers, ports, encryption
// and user names. One file of this package is one program's format.
//
//   - [Find] reads all places of a machine; an [Environment] says where they are.
//   - [ReadFile] reads one file in one of the [Formats]; [SplitFile] splits FORMAT:PATH.
//   - [ParseSet] reads what somebody has read off a screen.
//
// What comes out are [Account]s. Each reader follows its program's own rules: which of
// several values counts, what a port is where none is given, what a word for encryption
// means; what the program was left to choose is named in Defaults.
//
// # What is not done
//
// No command that stands in a file is run, neither passwordeval of msmtp nor PassCmd of
// mbsync, backticks or source of mutt, $( ) of a file of variables; what it would print
// isn't told. Nothing is decrypted: passwords in Thunderbird's logins.json (NSS), in
// Outlook's registry (DPAPI) and in key rings are not read; neither is ~/.netrc. A
// password that stands in a file in readable form is a [Stored], which no formatter
// prints, and no [Problem] repeats a line of a file.
//
// Not read either are Evolution's accounts of GNOME's Online Accounts, which are in its
// cache, KMail, Apple Mail and Outlook for Mac, and a user.js of Thunderbird's, which
// Thunderbird itself writes into prefs.js when it starts.
//
// # Who says that it is right
//
// Tests let these programs read the same files, and compare: msmtp (1.8), mbsync (1.4),
// fetchmail (6.4), neomutt (20220429) and mutt (2.2). Files that the program wrote itself
// are read for Thunderbird (153), which was asked what it reads in them itself, and
// Evolution (evolution-data-server 3.46), whose library was asked for its usual ports.
//
// Unverified are exports of K-9 Mail and Thunderbird for Android, Outlook's registry,
// Apple's profiles other than ours, and the meaning that web applications give to their
// variables, because none of these can be run in tests; further Thunderbird before 91 and
// mutt's folder-hooks for other folders than the first. They follow what sources and
// manuals say.
//
// # Bounds
//
// A file has at most 4 MiB, all files 200 accounts, an account 16 servers; files name each
// other up to a depth of 8. What is read can be shown: control characters are made
// visible, hosts are in ASCII form where they can be hosts.
package installed
