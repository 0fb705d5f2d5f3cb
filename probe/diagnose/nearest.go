package diagnose

import "maildoctor/probe/stage"

// place is a fault met in a stage.
type place struct {
	stage stage.Stage
	fault stage.Fault
}

// nearest returns the general cause that comes closest to a fault which no rule
// explains: that of the stage and fault, else of the stage. What a later version
// calls a stage is taken for trouble with the server.
func nearest(s stage.Stage, f stage.Fault) CauseID {
	if id, ok := nearestFault[place{s, f}]; ok {
		return id
	}
	if id, ok := nearestStage[s]; ok {
		return id
	}
	return ServerUnreachable
}

var nearestStage = map[stage.Stage]CauseID{
	stage.Resolve:      DNSResolverBroken,
	stage.Connect:      ServerUnreachable,
	stage.Handshake:    TLSHandshakeInterrupted,
	stage.Greeting:     AcceptNoGreeting,
	stage.Upgrade:      StartTLSBrokenOnServer,
	stage.Capabilities: ServerBusyGreeting,
	stage.Login:        AuthBackendTemporaryFailure,
	stage.Mailbox:      MailboxBackendUnavailable,
	stage.Submit:       MailboxBackendUnavailable,
}

var nearestFault = map[place]CauseID{
	{stage.Connect, stage.Refused}:            ServiceNotListening,
	{stage.Connect, stage.NetworkUnreachable}: NoNetworkRoute,
	{stage.Connect, stage.Prohibited}:         LocalFirewallOrAppPermission,

	{stage.Handshake, stage.BadCertificate}:   CertWeakOrLegacyFormat,
	{stage.Handshake, stage.TLSAlert}:         TLSCipherMismatch,
	{stage.Handshake, stage.TLSVersion}:       TLSServerTooOld,
	{stage.Handshake, stage.PlaintextAnswer}:  WrongProtocolOnPort,
	{stage.Handshake, stage.HandshakeTimeout}: MTUBlackhole,

	{stage.Connect, stage.Reset}: ConnectionResetAfterAccept,

	{stage.Greeting, stage.Closed}:         ConnectionResetAfterAccept,
	{stage.Greeting, stage.Reset}:          ConnectionResetAfterAccept,
	{stage.Greeting, stage.Rejected}:       GreetingRefusedByPolicy,
	{stage.Greeting, stage.Bye}:            GreetingRefusedByPolicy,
	{stage.Greeting, stage.TemporarilyOut}: ServerBusyGreeting,
	{stage.Greeting, stage.WrongProtocol}:  WrongProtocolOnPort,
	{stage.Greeting, stage.Malformed}:      WrongProtocolOnPort,
	{stage.Greeting, stage.TooLong}:        AntivirusConnectionProxyBroken,
	{stage.Greeting, stage.PreAuth}:        StartTLSInjection,

	{stage.Upgrade, stage.NotOffered}: StartTLSNotOfferedByServer,
	{stage.Upgrade, stage.EarlyData}:  StartTLSInjection,
	{stage.Upgrade, stage.PreAuth}:    StartTLSInjection,
	{stage.Upgrade, stage.Closed}:     ConnectionResetAfterAccept,
	{stage.Upgrade, stage.Reset}:      ConnectionResetAfterAccept,
	{stage.Upgrade, stage.Bye}:        ServerBusyGreeting,
	{stage.Upgrade, stage.Silent}:     ServerBusyGreeting,
	{stage.Upgrade, stage.Stalled}:    ServerBusyGreeting,

	{stage.Capabilities, stage.Rejected}:      SMTPHELORejected,
	{stage.Capabilities, stage.Closed}:        ConnectionResetAfterAccept,
	{stage.Capabilities, stage.Reset}:         ConnectionResetAfterAccept,
	{stage.Capabilities, stage.Malformed}:     WrongProtocolOnPort,
	{stage.Capabilities, stage.TooLong}:       AntivirusConnectionProxyBroken,
	{stage.Capabilities, stage.WrongProtocol}: WrongProtocolOnPort,

	{stage.Login, stage.Rejected}:      WrongPassword,
	{stage.Login, stage.NoMechanism}:   AuthMechNotOffered,
	{stage.Login, stage.BadCredential}: PasswordEncodingOrWhitespace,
	{stage.Login, stage.ServerProof}:   SASLDialectIncompatible,
	{stage.Login, stage.TooManyRounds}: SASLDialectIncompatible,
	{stage.Login, stage.Malformed}:     SASLDialectIncompatible,
	{stage.Login, stage.PreAuth}:       MXOrWebHostUsedAsServer,

	{stage.Submit, stage.Rejected}: SenderAddressNotPermitted,
}
