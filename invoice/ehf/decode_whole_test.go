package ehf_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"github.com/timebok/timebok/invoice/ehf"
)

// A part is an element of a document that is about to be altered.
type part struct {
	start xml.StartElement
	text  string
	kids  []*part
}

func parts(doc []byte) *part {
	in := xml.NewDecoder(bytes.NewReader(doc))
	above := []*part{{}}
	for {
		token, err := in.RawToken()
		if err != nil {
			return above[0].kids[0]
		}
		last := above[len(above)-1]
		switch x := token.(type) {
		case xml.StartElement:
			k := &part{start: x.Copy()}
			last.kids = append(last.kids, k)
			above = append(above, k)
		case xml.EndElement:
			above = above[:len(above)-1]
		case xml.CharData:
			last.text += string(x)
		}
	}
}

func (p *part) write(b *strings.Builder) {
	name := p.start.Name.Local
	if p.start.Name.Space != "" {
		name = p.start.Name.Space + ":" + name
	}
	b.WriteString("<" + name)
	for _, a := range p.start.Attr {
		space := a.Name.Space
		if space != "" {
			space += ":"
		}
		fmt.Fprintf(b, " %s%s=\"", space, a.Name.Local)
		xml.EscapeText(b, []byte(a.Value))
		b.WriteByte('"')
	}
	b.WriteByte('>')
	xml.EscapeText(b, []byte(p.text))
	for _, k := range p.kids {
		k.write(b)
	}
	b.WriteString("</" + name + ">")
}

func (p *part) all() []*part {
	list := []*part{p}
	for _, k := range p.kids {
		list = append(list, k.all()...)
	}
	return list
}

func (p *part) clone() *part {
	c := *p
	c.start = p.start.Copy()
	c.kids = nil
	for _, k := range p.kids {
		c.kids = append(c.kids, k.clone())
	}
	return &c
}

// facts counts all that a document says: attributes, and elements that have text or
// nothing in them. Numbers and truth are what they are worth.
func (p *part) facts(path string, into map[string]int) map[string]int {
	path += "/" + p.start.Name.Space + ":" + p.start.Name.Local
	say := func(at, value string) {
		value = strings.TrimSpace(value)
		if d, err := decimal.NewFromString(value); err == nil && strings.Trim(value, "+-.0123456789") == "" {
			value = d.String()
		}
		if strings.HasSuffix(at, ":ChargeIndicator") {
			value = strings.NewReplacer("0", "false", "1", "true").Replace(value)
		}
		into[at+" = "+value]++
	}
	for _, a := range p.start.Attr {
		say(path+"/@"+a.Name.Space+":"+a.Name.Local, a.Value)
	}
	if len(p.kids) == 0 || strings.TrimSpace(p.text) != "" {
		say(path, p.text)
	}
	for _, k := range p.kids {
		k.facts(path, into)
	}
	return into
}

// alter makes one change that leaves the document well-formed.
func (p *part) alter(r *rand.Rand) {
	all := p.all()
	e, other := all[r.IntN(len(all))], all[r.IntN(len(all))]
	values := []string{"", " ", "0", "0.00", "-1", "1.005", "+7", "abc", " VAT", "S", "E", "O", "130", "true", "NO", "2026-02-28", "æ"}
	switch n := len(e.kids); r.IntN(7) {
	case 0:
		if n > 0 {
			i := r.IntN(n)
			e.kids = append(e.kids[:i:i], e.kids[i+1:]...)
		}
	case 1:
		if n > 0 {
			e.kids = append(e.kids, e.kids[r.IntN(n)].clone())
		}
	case 2:
		e.kids = append(e.kids, other.clone())
	case 3:
		k := other.clone()
		k.text, k.kids = "", nil
		e.kids = append(e.kids, k)
	case 4:
		e.text = values[r.IntN(len(values))]
	case 5:
		if len(e.start.Attr) > 0 && e != p {
			e.start.Attr = e.start.Attr[1:]
		}
	case 6:
		e.start.Attr = append(e.start.Attr, xml.Attr{Name: xml.Name{Local: []string{"schemeID", "listID", "name"}[r.IntN(3)]}, Value: values[r.IntN(len(values))]})
	}
}

// Of a document from which Decode leaves nothing over, Encode writes all that it said.
// What the model does not say and Encode does, such as a sum that was not there, is
// no loss.
func TestDecodeLosesNothing(t *testing.T) {
	rounds, whole := 1_000, 0
	if testing.Short() {
		rounds /= 10
	}
	r := rand.New(rand.NewPCG(3, 4))
	var docs [][]byte
	for _, d := range documents() {
		docs = append(docs, must(ehf.Append(nil, d)))
	}
	for i := range rounds {
		tree := parts(docs[r.IntN(len(docs))])
		for range 1 + r.IntN(2) {
			tree.alter(r)
		}
		var b strings.Builder
		tree.write(&b)
		d, left, err := ehf.Decode([]byte(b.String()), nil)
		if err != nil || len(left) > 0 {
			continue
		}
		again, err := ehf.Append(nil, d)
		if err != nil {
			continue
		}
		whole++
		was, is := tree.facts("", map[string]int{}), parts(again).facts("", map[string]int{})
		maps.DeleteFunc(was, func(fact string, n int) bool { return is[fact] >= n })
		if diff := cmp.Diff(map[string]int{}, was); diff != "" {
			t.Errorf("document %d says what is lost:\n%s", i, diff)
		}
	}
	if whole < rounds/20 {
		t.Errorf("only %d of %d documents were read whole", whole, rounds)
	}
	t.Logf("%d of %d documents were read whole", whole, rounds)
}
