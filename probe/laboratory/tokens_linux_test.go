package laboratory

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/probetest"
	"maildoctor/probe/realtest"
)

// tokens are causes in an OAuth 2.0 access token, or in what it gives access to.
var tokens = []scenario{
	{"dovecot-refuses-token", cause.OAuthTokenInvalid, nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Mechanisms: "plain xoauth2 oauthbearer", TokenInfo: w.tokenInfo("ya29.another")})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return w.byToken(user, "ya29.expired")
	}},
	{"gmail-token-revoked", cause.OAuthTokenInvalid, nil, func(w *world) []string {
		w.names["imap.gmail.com"], w.names["smtp.gmail.com"] = []string{"A " + imapIP}, []string{"A " + smtpIP}
		const challenge = `{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`
		w.tokenIMAP("imap.gmail.com", challenge, "TAG NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", nil)
		w.tokenSMTP("smtp.gmail.com", challenge, "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials 4fb4d7f45d1cf-example - gsmtp")
		w.mail(smtpIP+":587", probetest.Config{
			Protocol: probetest.SMTP, Security: probetest.StartTLS, TLS: w.tls(probetest.Leaf{Names: []string{"smtp.gmail.com"}}),
			Mechanisms: []string{"XOAUTH2", "OAUTHBEARER"},
		})
		return w.byToken("jane@gmail.com", "ya29.revoked", "--protocol", "imap,smtp")
	}},
	{"expired-claim-refused-barely", cause.OAuthTokenInvalid, nil, func(w *world) []string {
		w.names["outlook.office365.com"] = []string{"A " + imapIP}
		w.tokenIMAP("outlook.office365.com", "", "TAG NO AUTHENTICATE failed.", nil)
		return w.byToken("jane@outlook.com", jwt(map[string]any{
			"aud": "https://outlook.office.com", "scp": "IMAP.AccessAsUser.All SMTP.Send",
			"iat": time.Now().Add(-3 * time.Hour).Unix(), "exp": time.Now().Add(-2 * time.Hour).Unix(),
		}), "--protocol", "imap")
	}},
	{"token-without-scope", cause.OAuthScopeOrAudienceWrong, nil, func(w *world) []string {
		w.tokenIMAP(imapHost, `{"status":"insufficient_scope","scope":"mail imap"}`, "TAG NO [AUTHENTICATIONFAILED] Authentication failed.", nil)
		return append(w.byToken("imaps://imap.mail.test", "opaque"), "--user", user)
	}},
	{"program-without-consent", cause.SignInBlockedByPolicy, nil, func(w *world) []string {
		w.mail(imapIP+":993", probetest.Config{
			Protocol: probetest.IMAP, Mechanisms: []string{"XOAUTH2"},
			LoginReply: "NO AUTHENTICATE failed. AADSTS65001: The user or administrator has not consented to use the application.",
		})
		return append(w.byToken("imaps://imap.mail.test", "opaque"), "--user", user)
	}},
	// The token is for Graph, which the server detects but does not say.
	{"token-for-graph", cause.OAuthScopeOrAudienceWrong, nil, func(w *world) []string {
		w.names["outlook.office365.com"] = []string{"A " + imapIP}
		w.tokenIMAP("outlook.office365.com", "", "TAG NO AUTHENTICATE failed.", mayIMAP)
		return w.byToken("jane@outlook.com", jwt(map[string]any{
			"aud": "https://graph.microsoft.com", "scp": "Mail.Read User.Read",
			"iat": time.Now().Add(-5 * time.Minute).Unix(), "exp": time.Now().Add(time.Hour).Unix(),
		}), "--protocol", "imap")
	}},
	{"not-connected", cause.OAuthMailboxNotConnected, nil, func(w *world) []string {
		w.names["outlook.office365.com"] = []string{"A " + imapIP}
		w.tokenIMAP("outlook.office365.com", "", "TAG NO AUTHENTICATE failed.", mayIMAP)
		return w.byToken("jane@outlook.com", jwt(map[string]any{
			"aud": "https://outlook.office.com", "scp": "IMAP.AccessAsUser.All",
			"iat": time.Now().Add(-5 * time.Minute).Unix(), "exp": time.Now().Add(time.Hour).Unix(),
		}), "--protocol", "imap")
	}},
	{"not-connected-at-a-url", cause.OAuthMailboxNotConnected, nil, func(w *world) []string {
		w.tokenIMAP(imapHost, "", "", func(string) bool { return true })
		return append(w.byToken("imaps://imap.mail.test", "opaque"), "--user", user)
	}},
	{"token-command-at-healthy-dovecot", "", nil, func(w *world) []string {
		w.dovecot(realtest.DovecotConfig{Mechanisms: "plain xoauth2 oauthbearer", TokenInfo: w.tokenInfo("ya29.good")})
		w.postfix(realtest.PostfixConfig{})
		w.profile(usual...)
		return w.byToken(user, "ya29.good")
	}},
	{"outlook-by-token", "", nil, func(w *world) []string {
		token := "EwB4A8l6BAAU.good"
		offers := probetest.Config{Mechanisms: []string{"PLAIN", "XOAUTH2"}, Users: map[string]string{"jane@outlook.com": token}}
		w.brand("jane@outlook.com",
			server{"outlook.office365.com:993", "", offers}, server{"outlook.office365.com:995", "", offers},
			server{"smtp-mail.outlook.com:587", "", offers}, server{"smtp.office365.com:587", "", offers})
		return w.byToken("jane@outlook.com", token)
	}},
}

// byToken returns arguments that log in with a token.
func (w *world) byToken(target, token string, further ...string) []string {
	w.password = ""
	return append([]string{target, "--token-command", "echo " + token}, further...)
}

// mayIMAP checks a token's claims as Exchange Online does.
func mayIMAP(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Audience string `json:"aud"`
		Scopes   string `json:"scp"`
	}
	return err == nil && json.Unmarshal(b, &claims) == nil && claims.Audience == "https://outlook.office.com" && strings.Contains(claims.Scopes, "IMAP.AccessAsUser.All")
}

// tokenIMAP runs an IMAP server for tokens at imapIP. If lets is nil or rejects the
// token, it sends the challenge (empty: none) and then the refusal. A token that it
// accepts has no mailbox to connect to.
func (w *world) tokenIMAP(host, challenge, refusal string, lets func(token string) bool) {
	w.t.Helper()
	decide := func(response string) string {
		raw, _ := base64.StdEncoding.DecodeString(response)
		_, token, _ := strings.Cut(string(raw), "auth=Bearer ")
		token, _, _ = strings.Cut(token, "\x01")
		switch {
		case lets != nil && lets(token):
			return "TAG OK AUTHENTICATE completed."
		case challenge != "":
			return "+ " + base64.StdEncoding.EncodeToString([]byte(challenge))
		}
		return refusal
	}
	const capabilities = "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+"
	const lost = "TAG BAD User is authenticated but not connected."
	w.talk(imapIP+":993", w.tls(probetest.Leaf{Names: []string{host}}), "* OK The Microsoft Exchange IMAP4 service is ready.",
		says("CAPABILITY", "* CAPABILITY "+capabilities+"\nTAG OK CAPABILITY completed."),
		exchange{"AUTHENTICATE", func(line string) string { return decide(line[strings.LastIndex(line, " ")+1:]) }},
		says(answered, refusal),
		says("LOGOUT", "* BYE Connection is closed. 13\nTAG OK LOGOUT completed.\nCLOSE"),
		says("", lost))
}

// tokenSMTP runs a submission server with implicit TLS at smtpIP that refuses all
// tokens.
func (w *world) tokenSMTP(host, challenge, refusal string) {
	w.t.Helper()
	w.talk(smtpIP+":465", w.tls(probetest.Leaf{Names: []string{host}}), "220 "+host+" ESMTP - gsmtp",
		says("EHLO", "250-"+host+" at your service\n250-SIZE 35882577\n250-8BITMIME\n250-AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH\n250 SMTPUTF8"),
		says("AUTH", "334 "+base64.StdEncoding.EncodeToString([]byte(challenge))),
		says(answered, refusal), says("QUIT", "221 2.0.0 closing connection\nCLOSE"))
}
