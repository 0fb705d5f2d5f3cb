package prose

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// maxListed is how many values a list shows before it counts the rest.
const maxListed = 4

// The sentences for lists and figures, from en/figures.txt.
const (
	idPair    ID = "list-pair"
	idPairOr  ID = "list-pair-or"
	idComma   ID = "list-comma"
	idThen    ID = "list-then"
	idRest    ID = "list-rest"
	idStop    ID = "full-stop"
	idNext    ID = "next-sentence"
	idBrief   ID = "under-a-tenth"
	idMillis  ID = "milliseconds"
	idSeconds ID = "seconds"
	idBytes   ID = "bytes"
	idKilo    ID = "kilobytes"
	idMega    ID = "megabytes"
	idGiga    ID = "gigabytes"
	idPart    ID = "part-of"
)

// list writes "a", "a and b", "a, b and c", "a, b, c, d and 7 more". Sequences, and
// lists that must be complete, are not shortened.
func (o *writer) list(v Value) {
	items, pair := v.items, idPair
	switch v.kind {
	case listThen:
		o.chain(items, idThen)
		return
	case listAll:
		o.chain(items, idComma)
		return
	case listOr:
		pair = idPairOr
	}
	last := items[len(items)-1]
	items = items[:len(items)-1]
	if n := len(v.items); n > maxListed {
		items, last = v.items[:maxListed], Phrase(idRest, Args{"n": Count(n - maxListed)})
	}
	o.b.WriteString(o.l.sentence.open)
	o.inside++
	for _, p := range o.l.sentences[pair].parts {
		switch p.slot {
		case "first":
			o.chain(items, idComma)
		case "second":
			o.value(last)
		default:
			o.letters(p.letters)
		}
	}
	o.inside--
	o.b.WriteString(o.l.sentence.close)
}

// chain writes values separated by the same separator.
func (o *writer) chain(items []Value, between ID) {
	for i, v := range items {
		if i > 0 {
			o.words(o.l.mark(between))
		}
		o.value(v)
	}
}

// sentences writes complete sentences in sequence.
func (o *writer) sentences(items []Value) {
	for i, v := range items {
		if i > 0 {
			o.b.WriteString(o.l.mark(idNext))
			o.capital = true
		}
		o.value(v)
		if !o.l.hasEnd(o.b.String()) {
			o.b.WriteString(o.l.mark(idStop))
		}
	}
}

// figure writes a count, a size or a time.
func (o *writer) figure(v Value) {
	switch v.kind {
	case count:
		o.data(strconv.FormatInt(v.n, 10))
	case inWords:
		o.number(v.n)
	case size:
		o.size(v.n)
	case used:
		o.used(v.items[0].n, v.items[1].n)
	case seconds:
		o.unit(idSeconds, strconv.FormatFloat(time.Duration(v.n).Seconds(), 'f', -1, 64))
	case duration:
		o.duration(time.Duration(v.n))
	}
}

// unit writes a figure with its unit.
func (o *writer) unit(id ID, figure string) {
	o.sentence(o.l.sentences[id], Args{"n": numbered(figure)}, nil)
}

// numbered returns the value that selects the plural form of a unit, if the figure is a
// whole number: 0 bytes, 1 byte, 2 bytes.
func numbered(figure string) Value {
	if n, err := strconv.Atoi(figure); err == nil {
		return Count(n)
	}
	return Data(figure).Of(2)
}

func (o *writer) number(n int64) {
	if t := o.l.sentences[ID("number-"+strconv.FormatInt(n, 10))]; t != nil {
		o.sentence(t, Args(nil), nil)
		return
	}
	o.data(strconv.FormatInt(n, 10))
}

func (o *writer) duration(d time.Duration) {
	switch {
	case d < 50*time.Microsecond:
		o.sentence(o.l.sentences[idBrief], Args(nil), nil)
	case d < 10*time.Millisecond:
		o.unit(idMillis, fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond)))
	case d < time.Second:
		o.unit(idMillis, strconv.FormatInt(d.Milliseconds(), 10))
	default:
		o.unit(idSeconds, strings.TrimSuffix(fmt.Sprintf("%.1f", d.Seconds()), ".0"))
	}
}

// size writes "700 MB", "9.5 MB", "1.5 GB". A megabyte is 2^20 bytes, as in mail
// programs. Providers and servers use either definition, so a round number of millions
// is also shown as such.
func (o *writer) size(n int64) {
	id, figure := sizeOf(n)
	o.unit(id, figure)
}

// used writes a part of a total, "38 of 700 MB", each with its unit if they differ.
func (o *writer) used(n, whole int64) {
	id, figure := sizeOf(n)
	used := numbered(figure)
	if of, _ := sizeOf(whole); of != id {
		used = Phrase(id, Args{"n": used})
	}
	o.sentence(o.l.sentences[idPart], Args{"used": used, "whole": Size(whole)}, nil)
}

// sizeOf returns a size as a figure and the id of its unit.
func sizeOf(n int64) (unit ID, figure string) {
	const kibi, million, mebi, gibi = 1 << 10, 1_000_000, 1 << 20, 1 << 30
	whole := func(id ID, of int64) (ID, string) { return id, strconv.FormatInt(n/of, 10) }
	part := func(id ID, of float64, digits int) (ID, string) {
		return id, strconv.FormatFloat(math.Round(float64(n)/of*math.Pow10(digits))/math.Pow10(digits), 'f', digits, 64)
	}
	switch {
	case n >= gibi && n%gibi == 0:
		return whole(idGiga, gibi)
	case n >= gibi && n%(1000*million) == 0:
		return whole(idGiga, 1000*million)
	case n >= gibi:
		return part(idGiga, gibi, 1)
	case n >= mebi && n%mebi == 0:
		return whole(idMega, mebi)
	case n >= million && n%million == 0:
		return whole(idMega, million)
	case n >= 10*mebi:
		return part(idMega, mebi, 0)
	case n >= mebi:
		return part(idMega, mebi, 1)
	case n >= kibi:
		return part(idKilo, kibi, 0)
	}
	return whole(idBytes, 1)
}
