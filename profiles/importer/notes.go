package importer

import (
	"cmp"
	"fmt"
	"slices"

	"maildoctor/probe/stage"
	"maildoctor/profiles"
	"maildoctor/profiles/published"
)

// formOf is how a user name is formed. A form that profiles have no word for, and one
// that isn't told, can't be formed from the address here.
func formOf(user string) stage.UserForm {
	switch user {
	case published.FullAddress:
		return stage.FullAddress
	case published.LocalPart:
		return stage.LocalPart
	default:
		return stage.AssignedName
	}
}

// notes adds what has to be known about the servers.
func (c *compiler) notes(p *profiles.Profile, servers []published.Server) {
	note := func(id stage.NoteID, text string) {
		p.Notes = append(p.Notes, profiles.Note{ID: id, Text: text, Source: p.Source})
	}
	by := cmp.Or(p.Source.By, "the file that these settings were imported from")
	if slices.ContainsFunc(servers, func(s published.Server) bool { return s.Security == stage.None }) {
		note(stage.NoteCleartextOnly, fmt.Sprintf("Some of these servers are known to %s only without encryption: a password would be sent to them readable by others.", by))
	}
	if !slices.ContainsFunc(servers, func(s published.Server) bool { return !onlyBy(s, published.OAuth2Token) }) {
		note(stage.NoteOAuthOnly, fmt.Sprintf("According to %s, mail programs sign in through the browser (OAuth 2.0) and no password is taken.", by))
	}
	for _, s := range servers {
		if example := exampleOf(s.User, p); example != "" {
			note(stage.NoteUserNameDiffers, example)
			break
		}
	}
}

// exampleOf shows a user name that is formed in a way of its own.
func exampleOf(user string, p *profiles.Profile) string {
	if user == "" || formOf(user) != stage.AssignedName || len(p.Domains) == 0 {
		return ""
	}
	address := "jane@" + p.Domains[0]
	name, err := published.Fill(user, address)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("The user name for %s is %s.", address, name)
}
