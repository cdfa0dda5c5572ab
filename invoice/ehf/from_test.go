package ehf_test

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/timebok/timebok/invoice/ehf"
)

var update = flag.Bool("update", false, "write the golden files anew; then ask the official rules about them")

func TestFormatGolden(t *testing.T) {
	for name, v := range invoices() {
		t.Run(name, func(t *testing.T) {
			got, err := ehf.Format{}.Encode(v)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, got)
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".xml")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s (-want +got):\n%s", file, cmp.Diff(string(want), string(got)))
	}
}

// A golden file that nothing makes any more is no specification.
func TestGoldenFilesAreUsed(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	made := slices.Concat(slices.Collect(maps.Keys(invoices())), slices.Collect(maps.Keys(documents())))
	for _, f := range files {
		if name := filepath.Base(f); !slices.Contains(made, name[:len(name)-len(".xml")]) {
			t.Errorf("%s is made by no test", f)
		}
	}
}
