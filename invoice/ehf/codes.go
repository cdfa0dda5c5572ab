package ehf

import (
	"strings"
	"sync"
)

// A codeList is a list of codes. Its index is made when it is first asked.
type codeList struct {
	text  string
	made  sync.Once
	index codeIndex
}

// A codeIndex is a hash table with open addressing. Codes of up to eight bytes,
// which nearly all are, are looked up as one word.
type codeIndex struct {
	words  []uint64
	long   map[string]struct{}
	spaced string // all codes with a space before and after each
}

func codes(text string) *codeList { return &codeList{text: text} }

func (l *codeList) make() {
	all := strings.Fields(l.text)
	size := 8
	for size < 3*len(all) {
		size *= 2
	}
	l.index = codeIndex{words: make([]uint64, size), long: map[string]struct{}{}, spaced: " " + strings.Join(all, " ") + " "}
	for _, c := range all {
		if len(c) > 8 {
			l.index.long[c] = struct{}{}
			continue
		}
		w := pack([]byte(c))
		*l.index.slot(w) = w
	}
}

// slot is where a word is or would be.
func (x *codeIndex) slot(w uint64) *uint64 {
	for i := w * 0x9E3779B97F4A7C15 >> 32; ; i++ {
		s := &x.words[i&uint64(len(x.words)-1)]
		if *s == w || *s == 0 {
			return s
		}
	}
}

// has reports whether a code is on the list.
func (l *codeList) has(code []byte) bool {
	l.made.Do(l.make)
	x := &l.index
	if n := len(code); n == 0 || n > 8 {
		_, ok := x.long[string(code)]
		return ok
	}
	w := pack(code)
	return *x.slot(w) == w && code[len(code)-1] != 0 // a zero byte at the end is lost in the word
}

// within reports whether part stands anywhere in the list as the official
// rules write it, codes with spaces between them. That is how some of them
// look a code up.
func (l *codeList) within(part []byte) bool {
	return l.has(part) || strings.Contains(l.index.spaced, string(part))
}
