package ui

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestContrast computes WCAG 2 contrast of the text tokens on the surfaces
// they are used on, in both themes.
func TestContrast(t *testing.T) {
	css, err := os.ReadFile("../static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	token := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--t-([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).FindAllStringSubmatch(string(css), -1) {
		token[m[1]] = [2]string{m[2], m[3]}
	}
	grounds := []string{"surface", "bg", "sunk", "info-tint"}
	check := func(text, ground string, least float64) {
		f, okF := token[text]
		g, okG := token[ground]
		if !okF || !okG {
			t.Errorf("style.css has no token %q or %q", text, ground)
			return
		}
		for i, theme := range []string{"light", "dark"} {
			if r := ratio(f[i], g[i]); r < least {
				t.Errorf("%s: %s on %s has %.2f, want %.1f", theme, text, ground, r, least)
			}
		}
	}
	for _, text := range []string{"ink", "ink-2", "ink-3", "link", "accent", "crit", "high", "med", "low", "info"} {
		for _, ground := range grounds {
			check(text, ground, 4.5)
		}
	}
	for _, s := range []string{"crit", "high", "med", "low", "info", "ok"} {
		check(s, s+"-tint", 4.5)
		check("ink", s+"-tint", 4.5)
		check("ink-2", s+"-tint", 4.5)
	}
	check("on-accent", "accent", 4.5)
	for _, mark := range []string{"control", "accent", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8"} {
		check(mark, "surface", 3)
	}
}

func ratio(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// luminance is the relative luminance of WCAG 2 of "#rrggbb".
func luminance(hex string) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return math.NaN()
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestRatio(t *testing.T) {
	if r := ratio("#000000", "#ffffff"); math.Abs(r-21) > 1e-9 {
		t.Errorf("black on white has %v, want 21", r)
	}
}
