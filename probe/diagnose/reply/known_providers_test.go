package reply_test

import (
	"testing"

	"maildoctor/probe/diagnose/cause"
	"maildoctor/probe/diagnose/reply"
	"maildoctor/probe/stage"
)

// What providers and servers say, as people met it in public, with names, addresses and numbers changed: by itself, as
// from a paste.
func TestKnownProviders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    stage.Protocol
		line string
		want cause.ID
	}{
		// Microsoft's sign-in.
		{"", "AADSTS50126: Error validating credentials due to invalid username or password. Trace ID: 0000aaaa", cause.WrongPassword},
		{"", "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS50076: Due to a configuration change made by your administrator\"}", cause.ConditionalAccessBlocked},
		{"", "AADSTS50053: The account is locked, you've tried to sign in too many times with an incorrect user ID or password.", cause.AccountLockedTooManyAttempts},
		{"", "AADSTS50055: The password is expired.", cause.PasswordExpired},
		{"", "AADSTS50057: The user account is disabled.", cause.AccountSuspended},
		{"", "AADSTS65001: The user or administrator has not consented to use the application with ID 'x' named 'y'.", cause.SignInBlockedByPolicy},
		{"", "AADSTS90094: The grant requires admin permission.", cause.SignInBlockedByPolicy},
		{"", "AADSTS700082: The refresh token has expired due to inactivity.", cause.OAuthTokenInvalid},
		{"", "AADSTS70011: The provided value for the input parameter 'scope' isn't valid.", cause.OAuthScopeOrAudienceWrong},
		{"", "AADSTS530035: Access has been blocked by security defaults.", cause.ConditionalAccessBlocked},
		{"", "AADSTS50034: The user account does not exist in the contoso.com directory.", cause.WrongUsernameFormat},

		// Exchange.
		{stage.SMTP, "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [AB1P123CA0001.EURP123.PROD.OUTLOOK.COM]", cause.SMTPAuthDisabledInTenant},
		{stage.SMTP, "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.", cause.ConditionalAccessBlocked},
		{stage.SMTP, "550 5.7.30 Basic authentication is not supported for Client Submission.", cause.BasicAuthDisabled},
		{stage.SMTP, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", cause.SenderAddressNotPermitted},
		{stage.SMTP, "554 5.2.252 SendAsDenied; jane@example.org not allowed to send as info@example.org; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied", cause.SenderAddressNotPermitted},
		{stage.SMTP, "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message", cause.OutboundSendingRestricted},
		{stage.SMTP, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", cause.TooManyConnectionsPerUser},
		{stage.SMTP, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient jane@example.org not found by SMTP address lookup", cause.RecipientUnknown},
		{stage.SMTP, "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Sender not authenticated for group", cause.RecipientBlocked},
		{stage.SMTP, "550 5.7.509 Access denied, sending domain example.org does not pass DMARC verification", cause.MessageRefusedAsSpam},
		{stage.SMTP, "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", cause.MessageTooLarge},
		{stage.IMAP, "A1 NO LOGIN failed. Account is blocked. Login to your account via a web browser to verify your identity.", cause.WebLoginChallenge},

		// Gmail.
		{stage.SMTP, "535-5.7.8 Username and Password not accepted. For more information, go to / 535 5.7.8 https://support.google.com/mail/?p=BadCredentials d1sm3563 - gsmtp", cause.WrongPassword},
		{stage.SMTP, "534-5.7.9 Application-specific password required. For more information, go to / 534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor - gsmtp", cause.AppPasswordRequired},
		{stage.SMTP, "550-5.4.5 Daily user sending limit exceeded. For more information on Gmail / 550 5.4.5 sending limits go to https://support.google.com/a/answer/166852 - gsmtp", cause.OutboundSendingRestricted},
		{stage.SMTP, "550-5.1.1 The email account that you tried to reach does not exist. Please try / 550-5.1.1 double-checking the recipient's email address for typos or / 550 5.1.1 unnecessary spaces. - gsmtp", cause.RecipientUnknown},
		{stage.SMTP, "552-5.2.2 The recipient's inbox is out of storage space and inactive. Please / 552 5.2.2 direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm - gsmtp", cause.RecipientMailboxFull},
		{stage.SMTP, "552-5.3.4 Your message exceeded Google's message size limits. To view our / 552 5.3.4 message size guidelines, go to https://support.google.com/mail/?p=MaxSizeError - gsmtp", cause.MessageTooLarge},
		{stage.SMTP, "550-5.7.26 Your email has been blocked because the sender is unauthenticated. / 550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM. - gsmtp", cause.MessageRefusedAsSpam},
		{stage.IMAP, "a login NO [ALERT] IMAP access is disabled for your domain. Please contact your domain administrator. (Failure)", cause.ProtocolDisabledByAdmin},
		{stage.IMAP, "R00000001 NO [ALERT] Too many simultaneous connections. (Failure)", cause.TooManyConnectionsPerUser},
		{stage.IMAP, "* NO [WEBALERT https://accounts.google.com/ContinueSignIn?sarp=1] Web login required.", cause.WebLoginChallenge},

		// Other providers.
		{stage.IMAP, "TAG1 NO [AUTHENTICATIONFAILED] (#AUTH012) Incorrect username or password.", cause.WrongPassword},
		{stage.SMTP, "421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1", cause.MessageRefusedAsSpam},
		{stage.SMTP, "553 5.3.0 flph825 DNSBL:ATTRBL 521< 192.0.2.25 >_is_blocked.For assistance forward this email to abuse@example.com", cause.ClientIPDNSBLOnSubmission},
		{stage.SMTP, "550 5.1.1 unknown or illegal alias: jane@icloud.com", cause.RecipientUnknown},
		{stage.SMTP, "554-gmx.net (mxgmx104) Nemesis ESMTP Service not available / 554-No SMTP service / 554-IP address is block listed.", cause.ClientIPDNSBLOnSubmission},
		{stage.SMTP, "550 Benutzer hat das Speichervolumen ueberschritten. / User has exhausted allowed storage space.", cause.RecipientMailboxFull},
		{stage.SMTP, "535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/protection/external / Application password is REQUIRED", cause.AppPasswordRequired},
		{stage.SMTP, "550 Message was not accepted -- invalid mailbox.  Local mailbox jane@mail.ru is unavailable: message sending for this account is disabled", cause.OutboundSendingRestricted},
		{stage.SMTP, "535 5.7.8 Error: authentication failed: This user does not have access rights to this service", cause.AppPasswordRequired},
		{stage.IMAP, "2 NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials or IMAP is disabled sc=abc_010203_1", cause.ProtocolDisabledForAccount},
		{stage.SMTP, "550 Sender frequency limited. https://service.mail.qq.com/detail/122/174", cause.OutboundSendingRestricted},
		{stage.IMAP, "3 NO SELECT Unsafe Login. Please contact kefu@188.com for help", cause.IMAPIDRequired},
		{stage.SMTP, "451 MI:SFQ smtp12,EsCowAD, please try again", cause.OutboundSendingRestricted},
		{stage.SMTP, "526 Authentication failure[1]", cause.AccountLockedTooManyAttempts},
		{stage.SMTP, "440 mail from account doesn't conform with authentication", cause.SenderAddressNotPermitted},
		{stage.SMTP, "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]", cause.RecipientUnknown},
		{stage.SMTP, "550 5.1.0 Emetteur invalide. Invalid Sender. OFR_415 [415]", cause.SenderAddressNotPermitted},
		{stage.SMTP, "421 Refused. Your reverse DNS entry does not resolve to an IP.", cause.GreetingRefusedByPolicy},
		{stage.SMTP, "550 Send quota exceeded", cause.OutboundSendingRestricted},
		{stage.SMTP, "554 IP=192.0.2.25 - None/bad reputation. Ask your postmaster for help or to contact postmaster@rx.t-online.de for reset. (NOWL)", cause.GreetingRefusedByPolicy},
		{stage.SMTP, "535 5.7.0 authentication rejected: your password is too simple", cause.PasswordExpired},
		{stage.SMTP, "550 5.7.1 Recipient doesn't want your mail", cause.RecipientBlocked},
		{stage.SMTP, "554 resimta-po-11v.sys.comcast.net 192.0.2.25 found on one or more DNSBLs, see http://postmaster.comcast.net/smtp-error-codes.php#BL000001", cause.ClientIPDNSBLOnSubmission},
		{stage.SMTP, "552 5.2.0 h2Zr1a00 rejected AUP#CXTHRT", cause.OutboundSendingRestricted},
		{stage.IMAP, "3 NO [ALERT] You are yet to enable IMAP for your account. Please contact your administrator (Failure)", cause.ProtocolDisabledForAccount},
		{stage.SMTP, "550 5.4.6 Unusual sending activity detected. Please try after sometime.", cause.OutboundSendingRestricted},
		{stage.SMTP, "421 4.3.2 Your IP(192.0.2.25) is filtered and this connection will be closed. You must register your IP", cause.GreetingRefusedByPolicy},
		{stage.SMTP, "454 4.7.0 no such user", cause.WrongPassword},

		// Servers.
		{stage.IMAP, "3 NO account does not have IMAP access enabled", cause.ProtocolDisabledForAccount},
		{stage.POP3, "-ERR your password has expired", cause.PasswordExpired},
		{stage.IMAP, "A02 NO Invalid user name or password. Please use full email address as user name.", cause.WrongUsernameFormat},
		{stage.SMTP, "550 Alias is not active.", cause.RecipientBlocked},
		{stage.IMAP, "A001 BAD LOGIN failed. Illegal arguments.", cause.SASLDialectIncompatible},
		{stage.SMTP, "535 5.7.8 OAuth token expired.", cause.OAuthTokenInvalid},
		{stage.SMTP, "501 5.5.4 You are not allowed to send from this address.", cause.SenderAddressNotPermitted},
		{stage.SMTP, "553 5.7.0 Unauthorized use of sender address", cause.SenderAddressNotPermitted},
		{stage.SMTP, "525 5.7.13 login disabled for account: unpaid (aXb3)", cause.AccountSuspended},
		{stage.IMAP, "* BYE too many auth failures", cause.AccountLockedTooManyAttempts},
		{stage.SMTP, "421 Invalid PROXY format", cause.ProxyProtocolExpected},
		{stage.SMTP, "501 SSL attempted over a non-SSL socket", cause.TLSSpokenToPlaintextPort},
		{stage.IMAP, "2 BAD AUTHENTICATE Unknown authentication method", cause.AuthMechNotOffered},
	} {
		if g := reply.Search(c.line, c.p); len(g) == 0 || g[0].Cause != c.want {
			t.Errorf("%q: %v, want %s", c.line, g, c.want)
		}
	}
}
