// Package reply knows what servers and programs say when mail does not work, and
// which causes it speaks for. [Classify] reads a server's reply, stage by stage;
// [Search] reads whatever a person pastes: a reply, a line of a log, the message of
// a mail program.
//
// A wording has one home: a row of a table. servers.go, servers_particular.go and
// servers_wording.go hold the replies of servers, programs.go what programs say by
// themselves, words.go the wordings that rules ask about as well.
package reply
