package diagnose

import (
	"slices"
	"strings"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/chart"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

// standingRules are about accounts that the server knows but does not let in, or
// only in part.
var standingRules = []Rule{
	byReply(cause.ProtocolDisabledByAdmin, quoted),
	byReply(cause.SMTPAuthDisabledInTenant),
	byReply(cause.ConditionalAccessBlocked, quoted),
	byReply(cause.SignInBlockedByPolicy, quoted),
	byReply(cause.OAuthMailboxNotConnected),
	byReply(cause.ClientIPDNSBLOnSubmission, quoted),
	byReply(cause.GeoOrIPLoginBlock, quoted),
	byReply(cause.OutboundSendingRestricted, quoted),
	byReply(cause.MailboxNotProvisioned, quoted),
	byReply(cause.IMAPNamespaceOrFolderMismatch),
	byReply(cause.TLSClientTooOld),
	byReply(cause.TLSClientCertRequired),
	byReply(cause.ClientClockWrong),
	byReply(cause.BannerMaskedByESMTPInspection),
	byReply(cause.StartTLSNotOfferedByServer),
	byReply(cause.StartTLSStrippedByMiddlebox),
	byReply(cause.StartTLSBrokenOnServer, underTLS),
	byReply(cause.GreetingDelayTarpit),
	byReply(cause.BasicAuthDisabled, onPage(stage.NoteOAuthOnly, (*Hit).withNote)),
	byReply(cause.OAuthTokenInvalid),
	byReply(cause.WebLoginChallenge, onPage(stage.NoteWebSignInChallenge, (*Hit).linking)),
	{
		Cause:    cause.OAuthScopeOrAudienceWrong,
		Needs:    []chart.Need{chart.Met(stage.Login, chart.Refused...)},
		Explains: []cause.ID{cause.WrongPassword, cause.WrongUsernameFormat, cause.BasicAuthDisabled},
		Judge:    wrongScope,
	},
	{
		Cause: cause.IMAPNamespaceOrFolderMismatch,
		Needs: []chart.Need{chart.Seen(stage.Mailbox)},
		Judge: prefixedFolders,
	},
	{
		Cause:    cause.ProviderHasNoIMAP,
		Needs:    []chart.Need{chart.Seen(stage.Resolve), chart.Seen(stage.Connect), chart.Seen(stage.Handshake), chart.Seen(stage.Greeting), chart.Seen(stage.Login)},
		Explains: slices.DeleteFunc(slices.Clone(everyFailure), func(id cause.ID) bool { return id == cause.NoNetworkRoute }),
		Judge: func(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
			n, _, ok := k.Note(stage.NoteNoMailPrograms)
			return likely().says(prose.Then(chart.Shows(k, r), prose.Data(n.Text))).holds(ok && r.Status == stage.Fail)
		},
	},
}

// wrongScope: a token was refused. The server's status says whether it lacks a right
// (RFC 6750 3.1, RFC 7628 3.2.2); a bare refusal leaves that open.
func wrongScope(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	if !chart.TakesToken(k.Login.Mechanism) {
		return nil
	}
	h := possible()
	if a := k.OtherAudience(); !a.Empty() && k.RefusedByWord() {
		return proven().with(cause.SlotAudience, a).says(prose.Then(chart.Shows(k, r), say.TokenIsFor(a)))
	}
	switch k.Login.OAuthStatus {
	case "insufficient_scope", "403":
		h.Confidence = cause.Likely
		return h.says(prose.Then(say.StatusOfToken(prose.Data(k.Login.OAuthStatus)), chart.Shows(k, r)))
	case "":
		_, ok := k.Guess(stage.Login, cause.OAuthScopeOrAudienceWrong)
		return h.holds(ok)
	}
	return nil
}

// prefixedFolders: folders have a prefix, and the server doesn't say which of them
// are for sent and deleted mail (RFC 2342, RFC 6154), so that programs have to be
// configured.
func prefixedFolders(_ *chart.Case, k *chart.Exam, r *stage.Result) *Hit {
	prefix := k.Mailbox.Namespace
	if r.Status == stage.Fail || prefix == "" || strings.HasPrefix(prefix, "\\") || k.Mailbox.SpecialUse[`\Sent`] != "" {
		return nil
	}
	return possible().with(cause.SlotPrefix, prose.Data(prefix)).as(cause.Info).says(say.FoldersBelow(prose.Data(prefix)))
}
