package cli

import "github.com/spf13/pflag"

// registerLinear adds the flag of those who have a report read aloud.
func registerLinear(fs *pflag.FlagSet, linear *bool) {
	fs.BoolVar(linear, "linear", false, "write sentences without tables and signs, for a screen reader; ACCESSIBLE in the environment does the same")
}

// spoken reports whether what is shown is going to be read aloud: by the flag, or by
// ACCESSIBLE in the environment, where it isn't empty.
func (o *outputFlags) spoken(s Streams) bool { return spoken(s, o.linear) }

func spoken(s Streams, linear bool) bool {
	env, _ := s.LookupEnv("ACCESSIBLE")
	return linear || env != ""
}
