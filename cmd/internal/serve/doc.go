// Package serve is an exporter for Prometheus: it examines a target when it is asked for
// it, in the manner of the blackbox exporter, and answers with what was found.
//
//	/probe?target=NAME      examines a target of the configuration
//	/metrics                about the exporter itself
//	/sd                     the targets, for HTTP service discovery
//	/-/healthy, /-/ready    whether it runs, and has a configuration
//	/-/reload               reads the configuration again (POST)
//	/                       the last result of each target, for people
//
// It never examines more at a time than it is allowed to, and says so with 503. What it
// examines comes from a [Config], which is replaced as a whole when it is read again; how
// it is examined is the business of [Target.Examine].
package serve
