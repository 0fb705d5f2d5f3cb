package term

import (
	"fmt"

	"maildoctor/probe/prose"
	"maildoctor/probe/prose/say"
	"maildoctor/probe/stage"
	"maildoctor/report"
)

// transcripts shows what was sent and received, with the time of each line if
// stamped.
func transcripts(p *page, r *report.Report, stamped bool) {
	if len(r.Transcripts) == 0 {
		return
	}
	head := say.HeadTranscript()
	if p.linear {
		head = say.LinearTranscript()
	}
	p.head(head)
	at := 0
	for _, t := range r.Transcripts {
		at = max(at, p.size(p.clean(t.Label)))
	}
	at = min(at, 20) + 5
	for _, t := range r.Transcripts {
		label := "  " + p.clean(t.Label)
		if p.size(label) > at-2 {
			p.flow(nil, 2, label, strong, p.width)
			label = ""
		}
		for _, l := range t.Lines {
			prefix := line{{p.pad(label, at), strong}}
			if stamped {
				prefix = append(prefix, span{p.stamp(l.At) + "  ", faint})
			}
			prefix = append(prefix, span{p.pad(p.data(string(l.From)), 3), faint})
			p.flow(prefix, p.lineWidth(prefix), p.said(l), plain, p.width)
			label = ""
			p.paintMuch()
		}
	}
}

// said returns a line of a transcript, or a note of what was left out of it.
func (p *page) said(l stage.Line) string {
	if l.Withheld > 0 && l.Text == "" {
		if p.linear {
			return p.text(say.LinearLeftOut(prose.Count(int(l.Withheld))))
		}
		return p.text(say.TranscriptLeftOut(prose.Count(int(l.Withheld))))
	}
	return p.data(l.Text)
}

// stamp returns the time of a line, from the start of the run.
func (p *page) stamp(at stage.Millis) string {
	return p.text(say.TranscriptAt(prose.Data(fmt.Sprintf("%8.3f", at.Duration().Seconds()))))
}
