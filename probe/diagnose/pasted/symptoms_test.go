package pasted_test

import (
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/pasted"
)

// A person's own words lead to a cause and a command.
func TestSymptoms(t *testing.T) {
	for text, want := range map[string]struct {
		cause cause.ID
		next  pasted.Next
	}{
		"Outlook keeps asking for the password":                            {cause.BasicAuthDisabled, pasted.RunCheck},
		"Thunderbird asks for my password again and again":                 {cause.AppPasswordRequired, pasted.RunCheck},
		"It works on the phone but not on the laptop":                      {cause.AntivirusTLSInterception, pasted.RunCheck},
		"sending stopped yesterday":                                        {cause.SMTPAuthNotConfiguredInClient, pasted.RunCheck},
		"I can receive mail but I cannot send":                             {cause.SMTPAuthNotConfiguredInClient, pasted.RunCheck},
		"My scanner can no longer send mail":                               {cause.TLSClientTooOld, pasted.RunClients},
		"everything works at home, but not in the hotel":                   {cause.MailPortsBlockedOnThisNetwork, pasted.RunElsewhere},
		"My mails to one customer always come back":                        {cause.RecipientUnknown, pasted.RunTo},
		"The webmail works but my mail program says the password is wrong": {cause.AppPasswordRequired, pasted.RunCheck},
		"I get a certificate warning every morning":                        {cause.CertNameMismatchHosting, pasted.RunCheck},
		"The photos that I send are stuck in the outbox":                   {cause.MessageTooLarge, pasted.RunCheck},
		"Which server and port do I have to enter?":                        {cause.SettingsDifferFromProfile, pasted.RunSettings},
	} {
		s := pasted.Recognize(text)
		if s == nil || s.Guesses[0].Cause != want.cause || s.Next != want.next {
			t.Errorf("%q: %+v, want %s and %s", text, s, want.cause, want.next)
		}
	}
	for _, text := range []string{"", "hello", "the weather is fine", "mail"} {
		if s := pasted.Recognize(text); s != nil {
			t.Errorf("%q: %+v", text, s)
		}
	}
}
