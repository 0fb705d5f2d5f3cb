package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// standingRules are about accounts that the server knows and does not let in, or
// not all the way.
var standingRules = []Rule{
	byReply(ProtocolDisabledByAdmin),
	byReply(SMTPAuthDisabledInTenant),
	byReply(ConditionalAccessBlocked),
	byReply(OAuthMailboxNotConnected),
	byReply(ClientIPDNSBLOnSubmission),
	byReply(GeoOrIPLoginBlock),
	byReply(OutboundSendingRestricted),
	byReply(MailboxNotProvisioned),
	byReply(IMAPNamespaceOrFolderMismatch),
	byReply(TLSClientTooOld),
	byReply(TLSClientCertRequired),
	byReply(ClientClockWrong),
	byReply(BannerMaskedByESMTPInspection),
	byReply(StartTLSNotOfferedByServer),
	byReply(StartTLSStrippedByMiddlebox),
	byReply(StartTLSBrokenOnServer),
	byReply(GreetingDelayTarpit),
	byReply(BasicAuthDisabled),
	byReply(OAuthTokenInvalid),
	byReply(WebLoginChallenge),
	{
		Cause:    OAuthScopeOrAudienceWrong,
		Needs:    []Need{met(stage.Login, refused...)},
		Explains: []CauseID{WrongPassword, WrongUsernameFormat, BasicAuthDisabled},
		Judge:    wrongScope,
	},
	{
		Cause: IMAPNamespaceOrFolderMismatch,
		Needs: []Need{seen(stage.Mailbox)},
		Judge: prefixedFolders,
	},
	{
		Cause:    ProviderHasNoIMAP,
		Needs:    []Need{seen(stage.Resolve), seen(stage.Connect), seen(stage.Handshake), seen(stage.Greeting), seen(stage.Login)},
		Explains: slices.DeleteFunc(slices.Clone(everyFailure), func(id CauseID) bool { return id == NoNetworkRoute }),
		Judge: func(_ *Case, k *Check, r *stage.Result) *Hit {
			n, ok := k.Subject.Profile.Note("no-mail-programs")
			return likely().says(short(stage.Visible(describe(k, r) + "; " + n.Text))).holds(ok && r.Status == stage.Fail)
		},
	},
}

// wrongScope: a token was refused. The server's status tells whether it lacks a
// right (RFC 6750 3.1, RFC 7628 3.2.2); a bare refusal leaves it open.
func wrongScope(_ *Case, k *Check, r *stage.Result) *Hit {
	if k.login.Mechanism != "XOAUTH2" && k.login.Mechanism != "OAUTHBEARER" {
		return nil
	}
	h := possible()
	if a := k.wrongAudience(); a != "" && k.refusedByWord() {
		return proven().with("audience", a).says(short(describe(k, r) + "; the token is for " + a))
	}
	switch k.login.OAuthStatus {
	case "insufficient_scope", "403":
		h.Confidence = Likely
		return h.says(short(stage.Visible("the server's status: " + k.login.OAuthStatus + "; " + describe(k, r))))
	case "":
		_, ok := k.guess(stage.Login, OAuthScopeOrAudienceWrong)
		return h.holds(ok)
	}
	return nil
}

// prefixedFolders: folders stand below a prefix, and the server doesn't say which
// of them are for sent and deleted mail (RFC 2342, RFC 6154), so that programs
// have to be told.
func prefixedFolders(_ *Case, k *Check, r *stage.Result) *Hit {
	prefix := k.mailbox.Namespace
	if r.Status == stage.Fail || prefix == "" || strings.HasPrefix(prefix, "\\") || k.mailbox.SpecialUse[`\Sent`] != "" {
		return nil
	}
	return possible().with("prefix", stage.Visible(prefix)).as(Info).
		says(stage.Visible("personal folders stand below " + prefix + ", and none is marked for sent mail"))
}
