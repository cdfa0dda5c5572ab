package sqlrow

import (
	"reflect"
	"sync"
)

// A memo keeps what texts of a JSON column decode to. The same series or client is
// often read again at once - to check a booking, then to make it - and decoding is
// most of the work of reading one.
type memo[E any] struct {
	mu   sync.Mutex
	kept map[string]E
}

const (
	memoSize = 1000 // texts of a column
	memoText = 2000 // bytes of a text that is kept
)

// get returns a copy of what a text decodes to, which shares nothing with others.
func (m *memo[E]) get(text string, decode func(string) (E, error)) (E, error) {
	m.mu.Lock()
	e, ok := m.kept[text]
	m.mu.Unlock()
	if ok {
		return unshared(e), nil
	}
	e, err := decode(text)
	if err != nil || len(text) > memoText {
		return e, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil || len(m.kept) >= memoSize {
		m.kept = map[string]E{}
	}
	m.kept[text] = e
	return unshared(e), nil
}

// unshared is a copy with lists and pointers of its own. What hides its fields,
// such as a time or a date, is a value that nobody can change.
func unshared[E any](e E) E {
	unshare(reflect.ValueOf(&e).Elem())
	return e
}

func unshare(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(list, v)
		v.Set(list)
		if shares(v.Type().Elem()) {
			for i := range v.Len() {
				unshare(v.Index(i))
			}
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		to := reflect.New(v.Type().Elem())
		to.Elem().Set(v.Elem())
		v.Set(to)
		unshare(to.Elem())
	case reflect.Array:
		if shares(v.Type()) {
			for i := range v.Len() {
				unshare(v.Index(i))
			}
		}
	case reflect.Struct:
		if shares(v.Type()) {
			for i := range v.NumField() {
				unshare(v.Field(i))
			}
		}
	}
}

var sharing sync.Map // of types

// shares reports whether values of a type can share memory that somebody could
// change. None of ours has a map or an interface, which TestNestedTypes sees to.
func shares(t reflect.Type) bool {
	if known, ok := sharing.Load(t); ok {
		return known.(bool)
	}
	found := false
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		found = true
	case reflect.Struct:
		for f := range t.Fields() {
			if !f.IsExported() {
				found = false
				break
			}
			found = found || shares(f.Type)
		}
	case reflect.Array:
		found = shares(t.Elem())
	}
	sharing.Store(t, found)
	return found
}
