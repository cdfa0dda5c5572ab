package ehf

import (
	"strings"
	"sync"
)

// A codeList is a list of codes. Its index is made when it is first asked.
type codeList struct {
	text  string
	index func() map[string]struct{}
}

func codes(text string) codeList {
	return codeList{text, sync.OnceValue(func() map[string]struct{} {
		m := map[string]struct{}{}
		for c := range strings.FieldsSeq(text) {
			m[c] = struct{}{}
		}
		return m
	})}
}

// has reports whether a code is on the list.
func (l codeList) has(code []byte) bool {
	_, ok := l.index()[string(code)]
	return ok
}

// within reports whether part stands anywhere in the list as the official
// rules write it, codes with spaces between them. That is how some of them
// look a code up.
func (l codeList) within(part []byte) bool {
	return l.has(part) || strings.Contains(" "+strings.Join(strings.Fields(l.text), " ")+" ", string(part))
}
