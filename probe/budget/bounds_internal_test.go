package budget

import (
	"fmt"
	"testing"
	"time"

	"maildoctor/probe/account"
	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// try makes one login in a separate run.
func try(t *testing.T, b *Budget, who account.Login, secret, asker, settings string, fault stage.Fault) (made bool) {
	t.Helper()
	run := b.Begin()
	defer run.End()
	turn, err := run.Wait(t.Context(), who, stage.IMAP)
	if err != nil {
		t.Fatal(err)
	}
	defer turn.Done()
	if made = turn.Take(Try{Secret: auth.NewSecret(secret), Asker: asker, Settings: settings}) == nil; made {
		turn.Ended(true, fault)
	}
	return made
}

// What accumulates over the years is limited: accounts, their keys, passwords, askers
// and settings. Accepted logins leave nothing.
func TestBounds(t *testing.T) {
	b := New()
	for i := range 1000 {
		try(t, b, account.Login{User: fmt.Sprint("user", i), Host: "a.test"}, "1", "", "", "")
	}
	if len(b.all)+len(b.byKey) != 0 {
		t.Errorf("%d accounts of nothing but success", len(b.all))
	}
	start := time.Now()
	for i := range maxAccounts + maxAccounts/5 {
		try(t, b, account.Login{User: fmt.Sprint("user", i), Host: "a.test"}, "1", "", "", stage.Rejected)
	}
	if n := len(b.all); n > maxAccounts || n < maxAccounts/2 {
		t.Errorf("%d accounts", n)
	}
	if len(b.byKey) != len(b.all) {
		t.Errorf("%d names for %d accounts", len(b.byKey), len(b.all))
	}
	if try(t, b, account.Login{User: fmt.Sprint("user", maxAccounts), Host: "a.test"}, "1", "", "", stage.Rejected) {
		t.Error("the latest were forgotten")
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}

	b = New()
	for i := range 500 {
		who := account.Login{User: "jane", Host: fmt.Sprintf("n%d.d%d.test", i, i), Addresses: []string{"192.0.2.1", fmt.Sprintf("2001:db8::%x", i)}}
		try(t, b, who, fmt.Sprint(i%50), fmt.Sprint(i%100), fmt.Sprint(i), stage.Rejected)
	}
	for e := range b.all {
		if len(e.keys) > maxKeys || len(e.notes) > 3*maxPasswords {
			t.Errorf("%d names, %d logins", len(e.keys), len(e.notes))
		}
		for _, n := range e.notes {
			if len(n.askers) > maxAskers {
				t.Errorf("%d who asked", len(n.askers))
			}
			for _, settings := range n.askers {
				if len(settings) > maxSettings {
					t.Errorf("%d settings", len(settings))
				}
			}
		}
	}
	if len(b.all) != 1 || len(b.byKey) > maxKeys {
		t.Errorf("%d accounts under %d names, want one", len(b.all), len(b.byKey))
	}
}

// Settings that keep changing don't bypass the limit forever.
func TestSettingsThatNeverStay(t *testing.T) {
	b := New()
	made := 0
	for i := range 200 {
		if try(t, b, account.Login{User: "jane", Host: "a.test"}, "1", "x", fmt.Sprint(i), stage.Rejected) {
			made++
		}
	}
	if made > maxSettings+1 {
		t.Errorf("%d logins", made)
	}
}

// Nor do the settings of askers that were turned away for another reason.
func TestSettingsOfOneTurnedAway(t *testing.T) {
	b := New()
	run := b.Begin()
	for i := range 2 * maxSettings {
		turn, err := run.Wait(t.Context(), account.Login{User: "jane", Host: "a.test"}, stage.IMAP)
		if err != nil {
			t.Fatal(err)
		}
		turn.Take(Try{Secret: auth.NewSecret("1"), Asker: "x", Settings: fmt.Sprint(i)})
		turn.Ended(true, stage.Rejected)
		turn.Done()
	}
	run.End()
	if try(t, b, account.Login{User: "jane", Host: "a.test"}, "1", "x", "new", stage.Rejected) {
		t.Error("tried again")
	}
}

// Passwords refused before another was accepted are remembered, but not forever. After
// Forget, nothing remains when the run ends.
func TestWhatIsLeft(t *testing.T) {
	b := New()
	jane := account.Login{User: "jane", Host: "a.test"}
	for i := range 100 {
		try(t, b, jane, fmt.Sprint(i), "", "", stage.Rejected)
		try(t, b, jane, "right", "", "", "")
	}
	for e := range b.all {
		if n := len(e.notes); n != maxPasswords {
			t.Errorf("%d logins remembered, want %d", n, maxPasswords)
		}
	}
	if try(t, b, jane, "99", "", "", stage.Rejected) {
		t.Error("the last one is forgotten")
	}

	b = New()
	run := b.Begin()
	turn, err := run.Wait(t.Context(), jane, stage.IMAP)
	if err != nil {
		t.Fatal(err)
	}
	turn.Take(Try{Secret: auth.NewSecret("1")})
	turn.Ended(true, stage.Rejected)
	turn.Done()
	b.Forget("jane", "a.test")
	if len(b.all) != 1 {
		t.Error("the run's own login is forgotten")
	}
	if run.End(); len(b.all)+len(b.byKey) != 0 {
		t.Errorf("%d accounts left", len(b.all))
	}
}
