package main

import (
	"strings"
	"testing"
)

func TestSummarize(t *testing.T) {
	const passing = `{"Action":"start","Package":"a"}
{"Action":"output","Package":"a","Test":"TestOne","Output":"quiet\n"}
{"Action":"pass","Package":"a","Test":"TestOne/sub"}
{"Action":"pass","Package":"a","Test":"TestOne"}
{"Action":"pass","Package":"a"}
`
	tests := []struct {
		name, events string
		ok           bool
		want         []string
		not          string
	}{
		{"passing", passing, true, []string{"1 packages ok, 0 failed, 0 without tests; 1 tests and 1 subtests passed, 0 failed, 0 skipped"}, "quiet"},
		{"nothing ran", `{"Action":"skip","Package":"a"}` + "\n", false, []string{"1 without tests; 0 tests"}, ""},
		{"nothing at all", "", false, []string{"0 packages ok"}, ""},
		{"skipped", passing + `{"Action":"skip","Package":"b","Test":"TestServer"}` + "\n" + `{"Action":"pass","Package":"b"}`, true,
			[]string{"skipped b TestServer\n", "2 packages ok", "1 skipped"}, ""},
		{"failing", passing + `{"Action":"output","Package":"b","Test":"TestTwo","Output":"=== RUN TestTwo\n"}
{"Action":"output","Package":"b","Test":"TestTwo","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"b","Test":"TestTwo"}
{"Action":"output","Package":"b","Output":"exit status 1\n"}
{"Action":"fail","Package":"b"}`, false, []string{"got 1, want 2\n", "exit status 1", "1 failed, 0 skipped"}, "=== RUN"},
		{"cut off by a panic", passing + `{"Action":"output","Package":"b","Test":"TestTwo","Output":"panic: oh\n"}
{"Action":"fail","Package":"b"}`, false, []string{"panic: oh\n", "1 packages ok, 1 failed"}, ""},
		{"does not build", passing + `{"Action":"build-output","ImportPath":"b","Output":"b.go:1: undefined: x\n"}
{"Action":"fail","Package":"b","FailedBuild":"b"}`, false, []string{"undefined: x"}, ""},
		{"not an event", passing + "no such tool\n", true, []string{"no such tool\n"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			ok, err := summarize(strings.NewReader(tt.events), &out)
			if err != nil || ok != tt.ok {
				t.Errorf("summarize = %t, %v, want %t; output:\n%s", ok, err, tt.ok, &out)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("output lacks %q:\n%s", want, &out)
				}
			}
			if tt.not != "" && strings.Contains(out.String(), tt.not) {
				t.Errorf("output has %q:\n%s", tt.not, &out)
			}
		})
	}
}
