package programs

// Names returns text of the tables and judgements that is not translated: ids, names
// of systems and their versions, sources.
func Names() []string {
	all := []string{string(Connects), string(Fails), string(NotKnown), Dated}
	for _, r := range []Reason{
		BecauseVersion, BecauseSuites, BecauseName, BecauseRefused, BecauseCertificate, BecauseClientCert, BecauseNoIPv4,
		BecauseUnreached, BecauseRoot, BecauseNotTried, BecauseNoTLS, BecauseSilent, BecauseUnlisted, BecauseAnotherCA,
	} {
		all = append(all, string(r))
	}
	for _, k := range kinds {
		all = append(append(all, string(k.ID), k.Date), k.Sources...)
	}
	for _, r := range lacked {
		all = append(all, r.source)
		for _, s := range r.missing {
			all = append(all, s.name, s.before)
		}
	}
	return all
}
