package sqlrow

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
)

// samples are values of types that are not filled in field by field.
var samples = map[reflect.Type]reflect.Value{}

func sample[T any](v T) struct{} {
	samples[reflect.TypeFor[T]()] = reflect.ValueOf(v)
	return struct{}{}
}

var _ = []struct{}{
	sample(uuid.MustParse(id)),
	sample(time.Date(2026, 3, 2, 6, 0, 0, 1000, time.UTC)),
	sample(date.New(2026, 3, 2)),
	sample(clock.New(8, 30, 0, 0)),
	sample(timebok.Ore(1234)),
	sample(timebok.Hide("private")),
	sample(json.RawMessage(`{"a": 1.50}`)),
	sample(must(timebok.ParseBirthNumber("10915596784"))),
	sample(must(timebok.ParseEmailAddress("ola@example.com"))),
	sample(must(timebok.ParsePhoneNumber("+4740000000"))),
	sample(must(timebok.ParseOrgNumber("995525828"))),
	sample(must(timebok.ParseBankAccount("86011117947"))),
	sample(must(timebok.ParseIBAN("NO9386011117947"))),
	sample(must(timebok.ParseHPRNumber("9144889"))),
	sample(must(timebok.ParseKID("2345676"))),
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// fill gives every field of what v points at a value that is not zero, so that a
// new field which no column holds is found.
func fill(t *testing.T, v any) {
	t.Helper()
	fillValue(t, reflect.ValueOf(v).Elem())
}

func fillValue(t *testing.T, v reflect.Value) {
	t.Helper()
	if s, ok := samples[v.Type()]; ok {
		v.Set(s)
		return
	}
	if idType := reflect.TypeFor[uuid.UUID](); v.Type().ConvertibleTo(idType) && v.Kind() == reflect.Array {
		v.Set(samples[idType].Convert(v.Type()))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		if v.Type() == reflect.TypeFor[time.Duration]() {
			v.SetInt(int64(45 * time.Minute))
			return
		}
		v.SetInt(7)
	case reflect.Int:
		v.SetInt(7)
		if v.Type() == reflect.TypeFor[time.Weekday]() {
			v.SetInt(3)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte{0, 0xff, 'x'})
			return
		}
		for i := range v.Len() {
			fillValue(t, v.Index(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(t, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Field(i).CanSet() {
				t.Fatalf("%s.%s can't be filled in: add a sample of the type", v.Type(), v.Type().Field(i).Name)
			}
			fillValue(t, v.Field(i))
		}
	default:
		t.Fatalf("no way to fill in a %s", v.Type())
	}
}

// fillID gives the record an ID, or what its ID follows from.
func fillID(v any) {
	r := reflect.ValueOf(v).Elem()
	for _, name := range []string{"ID", "Practitioner", "Party", "Invoice"} {
		f := r.FieldByName(name)
		if f.IsValid() && f.Kind() == reflect.Array {
			f.Set(samples[reflect.TypeFor[uuid.UUID]()].Convert(f.Type()))
			return
		}
	}
}
