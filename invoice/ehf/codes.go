package ehf

import (
	"strings"
	"sync"
)

// A codeList is a list of codes. Its index is made when it is first asked.
type codeList struct {
	index func() codeIndex
}

type codeIndex struct {
	set    map[string]struct{}
	spaced string // all codes with a space before and after each
}

func codes(text string) codeList {
	return codeList{sync.OnceValue(func() codeIndex {
		all := strings.Fields(text)
		i := codeIndex{map[string]struct{}{}, " " + strings.Join(all, " ") + " "}
		for _, c := range all {
			i.set[c] = struct{}{}
		}
		return i
	})}
}

// has reports whether a code is on the list.
func (l codeList) has(code []byte) bool {
	_, ok := l.index().set[string(code)]
	return ok
}

// within reports whether part stands anywhere in the list as the official
// rules write it, codes with spaces between them. That is how some of them
// look a code up.
func (l codeList) within(part []byte) bool {
	return l.has(part) || strings.Contains(l.index().spaced, string(part))
}
