package cli

import "github.com/spf13/pflag"

// registerLinear adds the flag for speech output.
func registerLinear(fs *pflag.FlagSet, linear *bool) {
	fs.BoolVar(linear, "linear", false, "write sentences without tables and signs, for a screen reader; ACCESSIBLE in the environment does the same")
}

// spoken reports whether the output is for speech: by the flag, or by a non-empty
// ACCESSIBLE in the environment.
func (o *outputFlags) spoken(s Streams) bool { return spoken(s, o.linear) }

func spoken(s Streams, linear bool) bool {
	env, _ := s.LookupEnv("ACCESSIBLE")
	return linear || env != ""
}
