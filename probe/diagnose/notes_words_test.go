package diagnose_test

import (
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/stage"
)

// TestAppPasswordSentence: the sentence about a refused password fits what the
// provider says about app passwords: that all accounts need one, that some do, or
// that they will soon be abolished.
func TestAppPasswordSentence(t *testing.T) {
	for _, tt := range []struct {
		name  string
		notes []stage.NoteID
		want  string
		todo  string
	}{
		{
			"all accounts",
			[]stage.NoteID{stage.NoteAppPassword},
			"imap.example.net refuses this password. Example requires an app password in mail programs.",
			"create an app password, and enter it in your mail program. So it is.",
		},
		{
			"or the browser",
			[]stage.NoteID{stage.NoteBrowserSignIn, stage.NoteAppPassword},
			"imap.example.net refuses this password. Example wants mail programs to sign in through the web browser, or an app password where it still issues one.",
			`set up the account again in a mail program that signs in through the web browser ("Sign in with ..."). Or enter an app password, if one can still be created. So it is.`,
		},
		{
			"some accounts",
			[]stage.NoteID{stage.NoteAppPasswordForSome},
			"imap.example.net refuses this password. For some accounts, Example requires an app password in mail programs.",
			"if yours is such an account, create an app password, and enter it in your mail program. So it is.",
		},
	} {
		r := newRun()
		for _, id := range tt.notes {
			r.note(id, "So it is.")
		}
		f := find(r.add(imap, refusedWith("PLAIN", authFailed)).diagnose(t), cause.AppPasswordRequired)
		if f == nil {
			t.Errorf("%s: no %s", tt.name, cause.AppPasswordRequired)
			continue
		}
		p, _ := cause.PageOf(cause.AppPasswordRequired)
		if got := p.Sentence(prose.English(), f.Args); got != tt.want {
			t.Errorf("%s: %q\nwant %q", tt.name, got, tt.want)
		}
		if a := p.Actions(f.Args); len(a) == 0 || a[0].Text(prose.English()) != tt.todo {
			t.Errorf("%s: actions %+v\nwant %q first", tt.name, a, tt.todo)
		}
	}
}
