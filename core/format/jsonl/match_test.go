package jsonl_test

import (
	"strings"
	"testing"

	"taster/core"
	"taster/core/coretest"
	"taster/core/format/config"
	"taster/core/format/csv"
	"taster/core/format/jsonl"
)

var formats = []*core.Format{config.Format, jsonl.Format, csv.Format}

func TestMatch(t *testing.T) {
	tests := []struct{ text, kind string }{
		{"{\"a\": 1}\n{\"a\": 2}\n", "jsonl"},
		{"{\"a\": 1}\n", "json"},
		{"[]", "unknown"},
		{"[1]", "jsonl"},
		{" \n [ {\"a\": 1} ]", "jsonl"},
		{"[[1, 2]]", "jsonl"},
		{"[section]\nkey = 1\n", "unknown"},
		{"[x](y)", "unknown"},
		{"{", "unknown"},
		{"{\"a\": 1}\n[2]\n", "unknown"},
		{"{\"a\": 1}\nx", "unknown"},
		{"{\"a\": 1}\n{\"a", "jsonl"},
		{"[\"" + strings.Repeat("x", 10_000) + "\"]", "jsonl"},
		{"", "unknown"},
	}
	for _, test := range tests {
		a, _ := coretest.Open(t, formats, core.Bytes("x", []byte(test.text)))
		if kind := a.Kind; kind != test.kind && !(test.kind == "unknown" && a.Table == nil) {
			t.Errorf("%.20q is %q, want %q", test.text, kind, test.kind)
		}
	}
}
