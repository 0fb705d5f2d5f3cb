package stage

// Field is what is typed into a mail program for a server, and can differ between two
// sources of settings.
type Field string

// The fields, in the order in which programs ask for them.
const (
	FieldHost     Field = "host"
	FieldPort     Field = "port"
	FieldSecurity Field = "security"
	FieldUser     Field = "user"
)
