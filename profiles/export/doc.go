// Package export writes the settings of a mail account in the words of a program: a file
// to open, to save or to paste. One file of this package is one [Form].
//
// What goes in is a [Settings]; bytes come out, and nothing else happens. It stands
// beside profiles/published and not in report, because a file is made of servers and a
// user name alone: neither a run nor a sentence of ours is needed for it, and settings
// that were only looked up are exported as well as those that a diagnosis has proven.
// What has to be said about the settings ([Settings.Remarks]) comes in as text.
//
// What holds for every form:
//
//   - There is no password in it. Where a program needs to be told where the password
//     comes from, it is asked for, or taken from the environment by a name.
//   - Hosts are letters, digits and hyphens, ports are numbers that are always written
//     out, the rest are words of the program. Only the address and the user name are
//     free text. They may have been published by somebody who wishes harm, and many of
//     these files are programs themselves: a form quotes them so that its reader has
//     the same text, or refuses them. Tests read every form back by its own program.
//   - Encryption that is wanted is required. Where a form can only ask for it if it is
//     offered, that stands in the form's comment.
//   - A form that can't express the settings refuses them rather than to write others.
package export
