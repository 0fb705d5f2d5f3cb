package console

import (
	"fmt"
	"os"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// aWhile is the delay before a message says that a pipe is being waited for.
const aWhile = 2 * time.Second

// MayWait says on standard error, after a while, that it waits for a file that is a
// pipe, because it may have no writer. The returned function ends that.
func (s Streams) MayWait(name string) (ended func()) {
	info, err := os.Stat(name)
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return func() {}
	}
	said := make(chan bool)
	t := time.AfterFunc(aWhile, func() {
		defer close(said)
		fmt.Fprintln(s.Err, s.Language.Sentence(say.DialogueWaits(prose.Data(name))))
	})
	return func() {
		if !t.Stop() {
			<-said // so that nothing more is written
		}
	}
}
