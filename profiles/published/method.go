package published

import "strings"

// methods are the words of draft-ietf-mailmaint-autoconfig and of its forerunners
// ("plain", "secure"), and the SASL mechanisms that system="sasl" lets a file name; in
// lower case.
var methods = map[string]Method{
	"password-cleartext": PasswordCleartext, "plain": PasswordCleartext, "login": PasswordCleartext,
	"password-encrypted": PasswordEncrypted, "secure": PasswordEncrypted,
	"cram-md5": PasswordEncrypted, "digest-md5": PasswordEncrypted,
	"ntlm": NTLM, "gssapi": GSSAPI,
	"client-ip-address": ClientIPAddress,
	"tls-client-cert":   TLSClientCert, "external": TLSClientCert,
	"oauth2": OAuth2Token, "oauth": OAuth2Token, "xoauth2": OAuth2Token, "oauthbearer": OAuth2Token,
	"none": NoAuthentication, "anonymous": NoAuthentication,
}

// methodOf reads a word for a way to log in; empty for one that isn't known.
func methodOf(word string) Method {
	word = strings.ToLower(word)
	if strings.HasPrefix(word, "scram-") {
		return PasswordEncrypted
	}
	return methods[word]
}
