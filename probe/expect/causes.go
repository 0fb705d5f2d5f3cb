package expect

import (
	"slices"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
)

func without(e stage.Expectation) prose.Value {
	return say.ExpectAbsent(prose.Or(prose.Datas(e.Want)...))
}

// causeAbsent judges whether one of the causes was found. A suppressed finding is a
// consequence of another, and doesn't count. What a check that was cut short would have
// shown isn't known.
func causeAbsent(k *exam) ruling {
	var found []prose.Value
	for _, f := range k.findings[k.c.Check.ID] {
		if f.SuppressedBy == "" && slices.Contains(k.e.Want, string(f.Cause)) {
			found = prose.AppendNew(found, prose.Data(string(f.Cause)))
		}
	}
	if len(found) > 0 {
		return is(false, say.ExpectFound(prose.And(found...)))
	}
	for i := range k.c.Results {
		if r := &k.c.Results[i]; r.Status == stage.Skip && (r.Reason == stage.Interrupted || r.Reason == stage.OutOfTime) {
			return k.unreached(r.Stage)
		}
	}
	return is(true, prose.Value{})
}

// explained are the causes that explain why an expectation is unmet, and stages of which
// any finding does.
type explained struct {
	causes []cause.ID
	stages []stage.Stage
}

var explanations = map[stage.ExpectationID]explained{
	stage.ExpectReachable: {stages: []stage.Stage{stage.Resolve, stage.Connect}},
	stage.ExpectSecurity: {causes: []cause.ID{
		cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.BannerMaskedByESMTPInspection,
	}},
	stage.ExpectTLSMin:            {causes: []cause.ID{cause.TLSServerTooOld, cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox}},
	stage.ExpectCertificateDays:   {causes: []cause.ID{cause.CertExpiresSoon, cause.CertExpired, cause.CertRenewedNotReloaded, cause.ClientClockWrong}},
	stage.ExpectCertificateNames:  {causes: []cause.ID{cause.CertNameMismatchHosting, cause.CertNameMismatchNoSNI}},
	stage.ExpectCertificateIssuer: {causes: []cause.ID{cause.AntivirusTLSInterception, cause.CorporateTLSInspection, cause.MITMUnknownIssuer, cause.CertPrivateCA, cause.CertSelfSigned}},
	stage.ExpectCertificateKey:    {causes: []cause.ID{cause.CertWeakOrLegacyFormat}},
	stage.ExpectStartTLSOffered: {causes: []cause.ID{
		cause.StartTLSNotOfferedByServer, cause.StartTLSStrippedByMiddlebox, cause.BannerMaskedByESMTPInspection,
	}},
	stage.ExpectLoginNeedsTLS: {causes: []cause.ID{cause.PasswordInClear, cause.StartTLSStrippedByMiddlebox}},
	stage.ExpectMechanisms:    {causes: []cause.ID{cause.AuthMechNotOffered, cause.AuthNotOfferedOnPort}},
	stage.ExpectLogin:         {stages: []stage.Stage{stage.Login}},
	stage.ExpectSender:        {stages: []stage.Stage{stage.Submit}},
	stage.ExpectSize:          {causes: []cause.ID{cause.LimitDiffersFromProfile}},
	stage.ExpectQuota:         {causes: []cause.ID{cause.MailboxFull}},
	stage.ExpectNoRelay:       {causes: []cause.ID{cause.OpenRelay}},
	stage.ExpectGreeting:      {causes: []cause.ID{cause.GreetingDelayTarpit, cause.AcceptNoGreeting, cause.SlowPath}},
	stage.ExpectReady:         {causes: []cause.ID{cause.SlowPath, cause.ResolverSlow, cause.GreetingDelayTarpit}},
	stage.ExpectDiscovery:     {causes: []cause.ID{cause.AutoconfigOrSRVWrong, cause.ProfileOutOfDate, cause.WildcardDNSHidesSettings}},
}

// explanation returns the cause of the first finding about the check that explains why
// the expectation is unmet; empty if none does.
func (k *exam) explanation() cause.ID {
	by := explanations[k.e.ID]
	for _, f := range k.findings[k.c.Check.ID] {
		fits := slices.Contains(by.causes, f.Cause) || slices.Contains(by.stages, f.Stage) && f.Severity != cause.Info
		if k.e.ID == stage.ExpectNoCause {
			fits = slices.Contains(k.e.Want, string(f.Cause))
		}
		if fits && f.SuppressedBy == "" {
			return f.Cause
		}
	}
	return ""
}
