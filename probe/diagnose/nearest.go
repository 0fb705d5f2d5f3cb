package diagnose

import (
	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/stage"
)

// place is a fault in a stage.
type place struct {
	stage stage.Stage
	fault stage.Fault
}

// nearest returns the general cause for a fault that no rule explains: that of the
// stage and fault, else of the stage. A stage that only a later version knows is
// treated as a problem with the server.
func nearest(s stage.Stage, f stage.Fault) cause.ID {
	if id, ok := nearestFault[place{s, f}]; ok {
		return id
	}
	if id, ok := nearestStage[s]; ok {
		return id
	}
	return cause.ServerUnreachable
}

var nearestStage = map[stage.Stage]cause.ID{
	stage.Resolve:      cause.DNSResolverBroken,
	stage.Connect:      cause.ServerUnreachable,
	stage.Handshake:    cause.TLSHandshakeInterrupted,
	stage.Greeting:     cause.AcceptNoGreeting,
	stage.Upgrade:      cause.StartTLSBrokenOnServer,
	stage.Capabilities: cause.ServerBusyGreeting,
	stage.Login:        cause.AuthBackendTemporaryFailure,
	stage.Mailbox:      cause.MailboxBackendUnavailable,
	stage.Submit:       cause.MailboxBackendUnavailable,
}

var nearestFault = map[place]cause.ID{
	{stage.Connect, stage.Refused}:            cause.ServiceNotListening,
	{stage.Connect, stage.NetworkUnreachable}: cause.NoNetworkRoute,
	{stage.Connect, stage.Prohibited}:         cause.LocalFirewallOrAppPermission,

	{stage.Handshake, stage.BadCertificate}:   cause.CertWeakOrLegacyFormat,
	{stage.Handshake, stage.TLSAlert}:         cause.TLSServerInternalError,
	{stage.Handshake, stage.TLSVersion}:       cause.TLSServerTooOld,
	{stage.Handshake, stage.PlaintextAnswer}:  cause.WrongProtocolOnPort,
	{stage.Handshake, stage.HandshakeTimeout}: cause.MTUBlackhole,

	{stage.Connect, stage.Reset}: cause.ConnectionResetAfterAccept,

	{stage.Greeting, stage.Closed}:         cause.ConnectionResetAfterAccept,
	{stage.Greeting, stage.Reset}:          cause.ConnectionResetAfterAccept,
	{stage.Greeting, stage.Rejected}:       cause.GreetingRefusedByPolicy,
	{stage.Greeting, stage.Bye}:            cause.GreetingRefusedByPolicy,
	{stage.Greeting, stage.TemporarilyOut}: cause.ServerBusyGreeting,
	{stage.Greeting, stage.WrongProtocol}:  cause.WrongProtocolOnPort,
	{stage.Greeting, stage.Malformed}:      cause.WrongProtocolOnPort,
	{stage.Greeting, stage.TooLong}:        cause.AntivirusConnectionProxyBroken,
	{stage.Greeting, stage.PreAuth}:        cause.StartTLSInjection,

	{stage.Upgrade, stage.NotOffered}: cause.StartTLSNotOfferedByServer,
	{stage.Upgrade, stage.EarlyData}:  cause.StartTLSInjection,
	{stage.Upgrade, stage.PreAuth}:    cause.StartTLSInjection,
	{stage.Upgrade, stage.Closed}:     cause.ConnectionResetAfterAccept,
	{stage.Upgrade, stage.Reset}:      cause.ConnectionResetAfterAccept,
	{stage.Upgrade, stage.Bye}:        cause.ServerBusyGreeting,
	{stage.Upgrade, stage.Silent}:     cause.ServerBusyGreeting,
	{stage.Upgrade, stage.Stalled}:    cause.ServerBusyGreeting,

	{stage.Capabilities, stage.Rejected}:      cause.SMTPHELORejected,
	{stage.Capabilities, stage.Closed}:        cause.ConnectionResetAfterAccept,
	{stage.Capabilities, stage.Reset}:         cause.ConnectionResetAfterAccept,
	{stage.Capabilities, stage.Malformed}:     cause.WrongProtocolOnPort,
	{stage.Capabilities, stage.TooLong}:       cause.AntivirusConnectionProxyBroken,
	{stage.Capabilities, stage.WrongProtocol}: cause.WrongProtocolOnPort,

	{stage.Login, stage.Rejected}:      cause.WrongPassword,
	{stage.Login, stage.NoMechanism}:   cause.AuthMechNotOffered,
	{stage.Login, stage.BadCredential}: cause.PasswordEncodingOrWhitespace,
	{stage.Login, stage.ServerProof}:   cause.SASLDialectIncompatible,
	{stage.Login, stage.TooManyRounds}: cause.SASLDialectIncompatible,
	{stage.Login, stage.Malformed}:     cause.SASLDialectIncompatible,
	{stage.Login, stage.PreAuth}:       cause.MXOrWebHostUsedAsServer,

	{stage.Submit, stage.Rejected}:      cause.SenderAddressNotPermitted,
	{stage.Submit, stage.NotOffered}:    cause.SenderAddressNotPermitted, // the address needs SMTPUTF8
	{stage.Submit, stage.BadCredential}: cause.SenderAddressNotPermitted,
}
