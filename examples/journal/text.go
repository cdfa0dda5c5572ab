package main

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/timebok/timebok"
)

// The words of the pages stand in texts.tsv, a line for each: key, bokmål, nynorsk
// and English. The key is the bokmål itself, or a code such as "dag:Monday". "="
// means: as in the column before. What the library says of reasons, states and
// holidays is in all three languages already.
//
//go:embed texts.tsv
var table string

var texts = readTexts(table)

type words struct{ nb, nn, en string }

func readTexts(table string) map[string]words {
	out := map[string]words{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 4 {
			continue // an empty line; a test counts the cells
		}
		for i := 1; i < 4; i++ {
			if cells[i] == "=" {
				cells[i] = cells[i-1]
			}
		}
		out[cells[0]] = words{cells[1], cells[2], cells[3]}
	}
	return out
}

// T is a text in the user's language, with its arguments filled in. A key without a
// text is shown as it is.
func (v *visit) T(key string, args ...any) string {
	w, ok := texts[key]
	text := w.nb
	switch {
	case !ok:
		text = key
	case v.lang == timebok.Nynorsk:
		text = w.nn
	case v.lang == timebok.English:
		text = w.en
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}
