// Package publish makes what a mail domain has to publish so that mail programs set
// themselves up: SRV records, and the files of autoconfig, PACC and Autodiscover. It is
// the other direction of packages published and discover, by whose readers each of its
// results is checked.
package publish
