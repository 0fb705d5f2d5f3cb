package reply

// PasswordOffWords say that a plaintext password is not accepted.
var PasswordOffWords = []string{"plaintext authentication disabled", "plaintext authentication not allowed", "plaintext authentication disallowed", "plaintext login"}

// PromptWords is "Password:" in base64, the prompt of LOGIN.
var PromptWords = []string{"ugfzc3dvcmq6"}

// NoRelayWords refuse relaying to an unauthorized client. After a login, they mean
// that the login is ignored, or that the sender's domain isn't the server's.
var NoRelayWords = []string{"relay access denied", "relay not permitted", "relaying denied", "relay denied", "unable to relay", "relaying not permitted"}

// StillLoginWords demand a login.
var StillLoginWords = []string{
	"authentication required", "authentication is required", "auth required", "not authenticated", "authenticate first", "must authenticate", "login first",
	"please log in", "must log in", "must be authenticated",
}
