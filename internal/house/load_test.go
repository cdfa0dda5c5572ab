package house

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const root = "../.."

// A file is a Go file of the module that is not a test.
type file struct {
	name  string // from the module's root, with slashes
	dir   string // "." for the root
	lines int
	set   *token.FileSet
	tree  *ast.File
}

// A tree is the module's own code and the imports of everything it links.
type tree struct {
	files   []file
	imports graph
}

// load reads the module once for all tests. Our own files are read here, under
// every build constraint; what libraries import comes from `go list`.
func load(t *testing.T) tree {
	t.Helper()
	got, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return got
}

var loadOnce = sync.OnceValues(func() (tree, error) {
	got := tree{imports: graph{}}
	if err := got.addLinked(); err != nil {
		return got, err
	}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(name, d)
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		return got.addFile(filepath.ToSlash(rel), src)
	})
	return got, err
})

// skip leaves out what the go command leaves out, and modules inside this one.
func skip(name string, d fs.DirEntry) error {
	if name == root {
		return nil
	}
	base := d.Name()
	_, err := os.Stat(filepath.Join(name, "go.mod"))
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || err == nil {
		return fs.SkipDir
	}
	return nil
}

func (t *tree) addFile(name string, src []byte) error {
	f := file{name: name, dir: path.Dir(name), lines: bytes.Count(src, []byte("\n")), set: token.NewFileSet()}
	var err error
	if f.tree, err = parser.ParseFile(f.set, name, src, parser.ParseComments|parser.SkipObjectResolution); err != nil {
		return err
	}
	if ignored(f.tree) {
		return nil
	}
	t.files = append(t.files, f)
	from := absolute(f.dir)
	t.imports[from] = append(t.imports[from], []string{}...)
	for _, spec := range f.tree.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		t.imports[from] = append(t.imports[from], imported)
	}
	return nil
}

// ignored reports whether a file is left out of every build: //go:build ignore.
func ignored(f *ast.File) bool {
	for _, group := range f.Comments {
		for _, c := range group.List {
			if expr, err := constraint.Parse(c.Text); err == nil && c.Pos() < f.Package {
				tag, ok := expr.(*constraint.TagExpr)
				return ok && tag.Tag == "ignore"
			}
		}
	}
	return false
}

// addLinked adds the imports of all packages that the module links.
func (t *tree) addLinked() error {
	cmd := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Imports,ImportMap", "-buildvcs=false", "./...")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p struct {
			ImportPath string
			Imports    []string
			ImportMap  map[string]string // the standard library's own vendored packages
		}
		if err := dec.Decode(&p); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		for _, imported := range p.Imports {
			if mapped, ok := p.ImportMap[imported]; ok {
				imported = mapped
			}
			t.imports[p.ImportPath] = append(t.imports[p.ImportPath], imported)
		}
	}
}
