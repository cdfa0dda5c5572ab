package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every rule has a code of its own, and says the same in bokmål, nynorsk and English,
// with the same parameters.
func TestRules(t *testing.T) {
	rules := map[string]string{} // where each code stands
	for _, f := range load(t).files {
		if f.name == "invoice/ehf/format.go" {
			continue // makes rules of the official ones, which speak for themselves
		}
		for _, problem := range f.judgeRules(rules) {
			t.Error(problem)
		}
	}
	if len(rules) < 100 {
		t.Errorf("%d rules were found: the test looks in the wrong place", len(rules))
	}
}

var (
	isRuleCode  = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
	isRuleParam = regexp.MustCompile(`\{[a-z]+\}`)
)

// judgeRules returns what is wrong with the rules of a file, and adds their codes.
func (f file) judgeRules(rules map[string]string) (bad []string) {
	ast.Inspect(f.tree, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || calledName(call) != "NewRule" {
			return true
		}
		texts := literals(call.Args)
		if len(texts) != 4 || slices.Contains(texts, "") {
			bad = append(bad, fmt.Sprintf("%s: a rule needs a code and three texts, as literals", f.at(call)))
			return true
		}
		code := texts[0]
		if other := rules[code]; other != "" {
			bad = append(bad, fmt.Sprintf("%s: the code %s is taken at %s", f.at(call), code, other))
		}
		rules[code] = f.at(call)
		if !isRuleCode.MatchString(code) {
			bad = append(bad, fmt.Sprintf("%s: %q is no code", f.at(call), code))
		}
		for _, text := range texts[2:] {
			if !slices.Equal(paramsOf(texts[1]), paramsOf(text)) {
				bad = append(bad, fmt.Sprintf("%s: %s has other parameters in %q", f.at(call), code, text))
			}
		}
		return true
	})
	return bad
}

func calledName(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

// literals are the arguments that are plain strings, "" for any other.
func literals(args []ast.Expr) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			out[i], _ = strconv.Unquote(lit.Value)
		}
	}
	return out
}

func paramsOf(text string) []string {
	params := isRuleParam.FindAllString(text, -1)
	slices.Sort(params)
	return slices.Compact(params)
}

func TestRulesReports(t *testing.T) {
	made := tree{imports: graph{}}
	err := made.addFile("rules.go", []byte(`package x
var (
	A = NewRule("slot.taken", "tatt til {end}", "teken til {end}", "taken till {end}")
	B = timebok.NewRule("slot.taken", "tatt", "teken", "taken")
	C = NewRule("Slot", "tatt", "teken", "taken")
	D = NewRule("slot.until", "til {end}", "til {end}", "till then")
	E = NewRule("slot.empty", "tom", "", "empty")
	F = NewRule("slot."+name, "tatt", "teken", "taken")
)`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, problem := range made.files[0].judgeRules(map[string]string{}) {
		_, text, _ := strings.Cut(problem, ": ")
		got = append(got, text)
	}
	want := []string{
		"the code slot.taken is taken at rules.go:3:6", `"Slot" is no code`,
		`slot.until has other parameters in "till then"`,
		"a rule needs a code and three texts, as literals", "a rule needs a code and three texts, as literals",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
