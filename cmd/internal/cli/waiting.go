package cli

import (
	"fmt"
	"os"
	"time"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
)

// aWhile is how long nothing is said while a pipe is waited for.
const aWhile = 2 * time.Second

// mayWait says on the error output, after a while, that a file which is a pipe is being
// waited for: nobody may be writing to it. What it returns ends that.
func (s Streams) mayWait(name string) (ended func()) {
	info, err := os.Stat(name)
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return func() {}
	}
	said := make(chan bool)
	t := time.AfterFunc(aWhile, func() {
		defer close(said)
		fmt.Fprintln(s.Err, s.language().Sentence(say.DialogueWaits(prose.Data(name))))
	})
	return func() {
		if !t.Stop() {
			<-said // so that nothing is written any more
		}
	}
}
