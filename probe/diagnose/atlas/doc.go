// Package atlas holds what servers, libraries and mail programs say when mail does not
// work: each message as it stands in their source or message files, and which causes it
// suggests.
//
// An entry is a line in one of the files in entries, with a file for each speaker. Its
// columns, separated by tabs, are
//
//	where   conditions, separated by commas; - for none. A message of a program or
//	        library has "client", a line of a server's own log "log"; everything else is a
//	        server's reply. Then protocols (imap, pop3, smtp), stages (greeting, hello,
//	        starttls, login, mailbox, submit), and codes as they are sent: 535, 5.7.8,
//	        [AUTHENTICATIONFAILED], NO, BAD, BYE, -ERR.
//	text    the message. … stands for anything. Case and white space don't matter, nor
//	        does the kind of quotation marks.
//	means   causes, the likeliest first, separated by commas: "wrong-password!" is proven,
//	        "wrong-password" likely, "wrong-password?" possible.
//	source  where the message is produced, or was read: a file of the speaker's source, an
//	        address, an RFC.
//
// A line that begins with # is a comment. [Find] returns the entries that a text
// matches. A condition about which nothing is known is taken for met; one that is known
// not to be met rules the entry out. Of several entries the surest leads and, of those
// alike, the one with the longest message: which file or line an entry stands in doesn't
// matter.
package atlas
