// Package reply knows what servers and programs say when mail does not work, and
// which causes that suggests. [Classify] interprets a server's reply in a given
// stage. [Search] interprets whatever a person pastes: a reply, a line of a log, the
// message of a mail program.
//
// Each wording is in one row of one table. servers.go, servers_particular.go and
// servers_wording.go hold the replies of servers, programs.go the messages of
// programs, words.go the wordings that rules test for as well.
package reply
