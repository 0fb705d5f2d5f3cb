package reply

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// refusalWords are the beginnings of the words in which servers refuse a name and
// password without naming anything else, in English and in the languages that large
// providers answer in; short words stand in shortWords.
const refusalWords = "authent authoris authoriz auth-fail fail invalid incorrect wrong bad error credential password passwd passphrase pass user username userid login logon logging " +
	"sign-in signin account denied deny reject refus accept unsuccess unable permanent unknown sorry please check verif again your this that have been were could cannot can't couldn't " +
	"unauth forbid access permission smtp imap pop3 server sasl plain cram-md5 cram digest ntlm xoauth2 oauthbearer mechanism data match combination mailbox mail email e-mail address learn more " +
	"support help visit information found exist recogni such with does doesn't didn't isn't what from secure security logged name either both must correct try enter entered supplied provided given " +
	"message service reason generic general internal code status method attempt process complete client host remote local connection session request command operation time trying while during when for and the are has was not you may gssapi " +
	"anmeld angemeldet authentif fehlgeschlagen passwort kennwort benutzer ungültig falsch zugang zugangsdaten fehler mot passe identif utilisateur échec echec incorrecte invalide contraseña usuario clave incorrect inválid invalid " +
	"autentic errat errore nome utente senha usuário falha wachtwoord gebruiker onjuist mislukt hasło użytkownik nieprawidłow błęd logowania lösenord heslo jelszó salasana şifre"

var refusalStems = sync.OnceValue(func() map[byte][]string {
	by := make(map[byte][]string)
	for w := range strings.FieldsSeq(refusalWords) {
		by[w[0]] = append(by[w[0]], w)
	}
	return by
})

// bareBytes is how far into a reply that is: what follows in a log is not of the server.
const bareBytes = 80

// bare reports whether the words of a refused login name nothing but the refusal. Whatever
// else is named, such as a plan, a device or the moon, is the likelier reason, although the
// code is that for a wrong password. One word may be a name. Text in letters of which none
// is ASCII can't be told.
func bare(text string) bool {
	text = firstBytes(text, bareBytes)
	named := 0
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune("-'._@/#:0123456789=?&%+", r) }) {
		word = strings.Trim(word, "-'._:=")
		if len(word) < 4 || strings.ContainsAny(word, "._@/#:0123456789=?&%+") || strings.IndexFunc(word, func(r rune) bool { return r < unicode.MaxASCII }) < 0 {
			continue // an article, a code, an address, a number of the session
		}
		if !slices.ContainsFunc(refusalStems()[word[0]], func(stem string) bool { return strings.HasPrefix(word, stem) }) {
			named++
		}
	}
	return named < 2
}
