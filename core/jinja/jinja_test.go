package jinja

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParse has trees that were compared with those of Jinja 3.1.6.
func TestParse(t *testing.T) {
	tests := []struct{ src, want string }{
		{"", ""},
		{"plain } text { %}", `(data "plain } text { %}")`},
		{"a {{ b }} c", `(data "a ") (print b) (data " c")`},
		{"a {{- b -}} c", `(data "a") (print b) (data "c")`},
		{"{% if a %}x{% elif b %}y{% elif c %}{% else %}z{% endif %}", `(if a {(data "x")} else {(if b {(data "y")} else {(if c {} else {(data "z")})})})`},
		{"{% for a, b in c if d recursive %}x{% else %}y{% endfor %}", `(for (tuple a b) c d {(data "x")} else {(data "y")})`},
		{"{% for m in a or b: %}{% break %}{% continue %}{% endfor %}", `(for m (or a b) {(break) (continue)})`},
		{"{% set a = 1, 2 %}{% set ns.b = c %}{% set (a, b) = c %}", `(set a (tuple 1 2)) (set (. b ns) c) (set (tuple a b) c)`},
		{"{% set a | trim | x(1) %}b{% endset %}", `(setblock a (| x (| trim -) 1) {(data "b")})`},
		{"{% macro f(a, b=1) -%} x {%- endmacro %}", `(macro f a (kw b 1) {(data "x")})`},
		{"{% call(x) f(1) %}y{% endcall %}", `(callblock (call f 1) x {(data "y")})`},
		{"{% filter upper|trim %}y{% endfilter %}", `(filterblock (| trim (| upper -)) {(data "y")})`},
		{"{% with a=1, b=c %}y{% endwith %}", `(with (kw a 1) (kw b c) {(data "y")})`},
		{"{% block b scoped required %}y{% endblock b %}", `(block b {(data "y")})`},
		{"{% autoescape true %}y{% endautoescape %}{% generation %}g{% endgeneration %}", `(autoescape true {(data "y")}) (generation {(data "g")})`},
		{"{% do a.append(1) %}{% extends 'x' %}{% include a ignore missing with context %}", `(do (call (. append a) 1)) (extends "x") (include a)`},
		{"{% import 'a' as b %}{% from 'a' import b as c, d without context %}", `(import b "a") (from "a" (kw c b) d)`},
		{"{# {{ x }} #}a{#- c -#} b", `(data "a") (data "b")`},
		{"{% raw %} {{ x }} {% endraw %}", `(data " {{ x }} ")`},
		{"a {%- raw -%} {% x %} {%- endraw -%} b", `(data "a") (data "{% x %}") (data "b")`},
		{"{{ {'a': {'b': 1}} }}", `(print (dict "a" (dict "b" 1)))`},
		{"{{ '}}' }}{% set a = '%}' %}", `(print "}}") (set a "%}")`},
		{"{{ a.b['c'].0[1:2, ::-1](d, *e, k=f, **g) }}", `(print (call ([] ([] ([] (. b a) "c") 0) (tuple (slice 1 2 -) (slice - - (- 1)))) d (* e) (kw k f) (** g)))`},
		{"{{ a.1.2 }}{{ 1.5 }}{{ 1e3 }}{{ 0x1f }}{{ 1_000 }}", `(print ([] ([] a 1) 2)) (print 1.5) (print 1000) (print 31) (print 1000)`},
		{"{{ 'a' \"b\" 'c' }}", `(print "abc")`},
		{`{{ '\x5f\u005f\137\N{LOW LINE}\n\\\q' }}`, `(print "____\n\\\\q")`},
		{"{{ a if b else c if d else e }}", `(print (cond a b (cond c d e)))`},
		{"{{ a if b if c }}", `(print (cond (cond a b -) c -))`},
		{"{{ not a and b or c in d not in e }}", `(print (or (and (not a) b) (not in (in c d) e)))`},
		{"{{ a < b == c }}", `(print (== (< a b) c))`},
		{"{{ a ~ b + c * d ** e | f }}", `(print (+ (~ a b) (* c (** d (| f e)))))`},
		{"{{ -a.b|c is not d.e 3 }}", `(print (not (is d.e (| c (- (. b a))) 3)))`},
		{"{{ a is defined and b is in [1] }}", `(print (and (is defined a) (is in b (list 1))))`},
		{"{{ (a, ) }}{{ () }}{{ (a) }}{{ [1, ] }}", `(print (tuple a)) (print (tuple)) (print a) (print (list 1))`},
		{"{{ a|b(c)|d(e=f)(g) }}", `(print (call (| d (| b a c) (kw e f)) g))`},
		{"{{ ünï.ｘ }}", `(print (. ｘ ünï))`},
	}
	for _, test := range tests {
		got := Parse(test.src)
		if d := cmp.Diff(test.want, dump(got.Body)); d != "" || len(got.Errors) > 0 {
			t.Errorf("%s: %v %s", test.src, got.Errors, d)
		}
	}
}

// TestErrors proves that a mistake is placed and does not hide the rest.
func TestErrors(t *testing.T) {
	tests := []struct{ src, want, tree string }{
		{"{{ a b }}{{ c }}", "at byte 5: the tag should end here", "(print a) (print c)"},
		{"{{ a $ }}{{ c }}", "at byte 5: a character that has no meaning here", "(print a) (print c)"},
		{"{{ }}{{ c }}", "at byte 3: an expression should stand here", "(print <nil>) (print c)"},
		{"{{ (a] }}{{ c }}", "at byte 5: a bracket that does not fit", "(print a) (print c)"},
		{"{{ a.b('c", "at byte 7: a character that has no meaning here", "(print (call (. b a) <nil>))"},
		{"{{ a", "at byte 4: the template ends inside a tag", "(print a)"},
		{"a{# b", "at byte 1: a comment without an end", `(data "a")`},
		{"{% raw %}a", "at byte 0: raw without endraw", `(data "a")`},
		{"{% if a %}b", "at byte 11: the template ends before endif", `(if a {(data "b")})`},
		{"{% endif %}{{ c }}", "at byte 3: this tag ends nothing that was begun", "(print c)"},
		{"{% for a in b %}{% if c %}d{% endfor %}{{ e }}", "at byte 27: endif should stand here", `(for a b {(if c {(data "d")})}) (print e)`},
		{"{% foo a %}{{ c }}", "at byte 3: an unknown tag", "(print c)"},
		{"{% %}{{ c }}", "at byte 3: the name of a tag should stand here", "(print c)"},
		{"{% set a %}{{ c }}", "at byte 18: the template ends before endset", "(setblock a {(print c)})"},
		{"{{ a is b is c }}", "at byte 10: a test of a test", "(print (is b a))"},
		{"{{ a. }}{{ a.'b' }}", "at byte 6: a name or number should stand here; at byte 13: a name or number should stand here", "(print a) (print a)"},
	}
	for _, test := range tests {
		got := Parse(test.src)
		var errs []string
		for _, e := range got.Errors {
			errs = append(errs, e.Error())
		}
		if d := cmp.Diff([]string{test.want, test.tree}, []string{strings.Join(errs, "; "), dump(got.Body)}); d != "" {
			t.Errorf("%s: %s", test.src, d)
		}
	}
}

// bombs are templates that would exhaust a careless parser or evaluator.
var bombs = map[string]string{
	"brackets":     "{{ " + strings.Repeat("(", 100_000) + " }}",
	"lists":        "{{ " + strings.Repeat("[", 150) + strings.Repeat("]", 150) + " }}",
	"blocks":       strings.Repeat("{% if a %}", 50_000),
	"elifs":        "{% if a %}" + strings.Repeat("{% elif a %}", 50_000) + "{% endif %}",
	"chain":        "{{ a" + strings.Repeat("~a", 200_000) + " }}",
	"attributes":   "{{ a" + strings.Repeat(".a", 200_000) + " }}",
	"filters":      "{{ a" + strings.Repeat("|a", 200_000) + " }}",
	"nots":         "{{ " + strings.Repeat("not ", 200_000) + "a }}",
	"signs":        "{{ " + strings.Repeat("-", 500_000) + "a }}",
	"conditions":   "{{ a" + strings.Repeat(" if a else a", 50_000) + " }}",
	"ends":         strings.Repeat("{% endif %}", 50_000),
	"open tags":    strings.Repeat("{% if (", 100_000),
	"raw":          strings.Repeat("{% raw %}", 50_000),
	"targets":      "{% set " + strings.Repeat("(", 100_000) + "a %}",
	"doubling":     "{% set a = 'x' %}" + strings.Repeat("{% set a = a ~ a %}", 20_000),
	"repeat":       "{% set a = 'x' * 4000 %}" + strings.Repeat("{% set b = a * 4000 ~ a|replace('x', a)|reverse %}", 10_000),
	"many values":  strings.Repeat("{% set a = 'x' %}", 1) + many("{%% set a = '%d' %%}", 500) + strings.Repeat("{% set b = a ~ a ~ a ~ a %}", 2000),
	"long list":    "{% set a = [" + strings.Repeat("1,", 300_000) + "] %}{% set b = a|join %}",
	"nested lists": "{% set a = [1] %}" + strings.Repeat("{% set a = [a, a, a, a] %}", 5000) + "{{ a|string }}",
	"format":       "{{ '" + strings.Repeat("%s", 2000) + "'|format('" + strings.Repeat("x", 4000) + "') }}",
	"slices":       "{% set a = 'x' * 4000 %}" + strings.Repeat("{{ a[::-1][::-1][::-1] }}", 20_000),
	"macros":       "{% macro f(a) %}{{ f(a ~ a) }}{% endmacro %}" + strings.Repeat("{{ f('abc') }}", 30_000),
}

func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestBombs has no clock of its own: a bomb that works runs into the limit of
// the test binary.
func TestBombs(t *testing.T) {
	for name, src := range bombs {
		t.Run(name, func(t *testing.T) { survive(t, src) })
	}
}

func TestTooLarge(t *testing.T) {
	got := Parse(strings.Repeat("a", MaxSize) + "{{ x }}")
	if len(got.Errors) != 1 || !got.Errors[0].Limit || got.Errors[0].Offset != MaxSize {
		t.Error(got.Errors)
	}
}

// survive parses and evaluates src and checks what every caller relies on.
func survive(t *testing.T, src string) {
	t.Helper()
	got := Parse(src)
	for _, e := range got.Errors {
		if e.Offset < 0 || e.Offset > len(src) {
			t.Errorf("error at %d of %d", e.Offset, len(src))
		}
	}
	env := Learn(got)
	Walk(got.Body, func(n *Node) {
		if n.Offset < 0 || n.Offset > len(src) {
			t.Errorf("node at %d of %d", n.Offset, len(src))
		}
		for _, e := range n.Exprs() {
			e.Walk(func(e *Expr) {
				if e.Offset < 0 || e.Offset > len(src) || e.height > MaxHeight {
					t.Errorf("expression of height %d at %d of %d", e.height, e.Offset, len(src))
				}
				env.Strings(e)
			})
		}
	})
}

func TestStrings(t *testing.T) {
	tests := []struct{ src, want string }{
		{"{{ 'a' ~ 'b' + 'c' }}", "abc"},
		{"{{ 'ab' * 2 }}", "abab"},
		{"{{ ['a', 'b']|join('_') }}", "a_b"},
		{"{{ '_'.join(['a', 'b']) }}", "a_b"},
		{"{{ 'ABC'|lower|replace('b', '_') }}", "a_c"},
		{"{{ 'cba'|reverse }}", "abc"},
		{"{{ 'cba'[::-1] }}", "abc"},
		{"{{ 'abcdef'[1:-1] }}", "bcde"},
		{"{{ 'abcdef'[-1:0:-2] }}", "fdb"},
		{"{{ 'abc'[1] ~ 'abc'[-1] }}", "bc"},
		{"{{ ('a', 'b')[1] }}", "b"},
		{"{{ {'k': 'v'}['k'] }}", "v"},
		{"{{ dict(abc=x)|list|first }}", "abc"},
		{"{{ dict(abc=x, d=y)|first ~ dict(abc=x, d=y)|last }}", "abcd"},
		{"{{ dict(ab=x, cd=1)|join }}", "abcd"},
		{"{{ '%s%c'|format('a', 98) }}", "ab"},
		{"{{ '%(x)s'|format(x='a') }}", "a"},
		{"{{ '%s-%s' % ('a', 1) }}", "a-1"},
		{"{{ '{}{}'.format('a', 'b') }}", "ab"},
		{"{{ '{1}{0}{x}{{'.format('a', 'b', x='c') }}", "bac{"},
		{"{{ '{:c}'.format(97) }}", "a"},
		{"{{ [97, 98]|map('string')|join }}", "9798"},
		{"{{ ['A', 'B']|map('lower')|join }}", "ab"},
		{"{{ ' a '|trim ~ ' b '.strip() }}", "ab"},
		{"{{ 'a.b'.split('.')[1] }}", "b"},
		{"{{ 'a b'|title }}", ""},
		{"{{ x }}", ""},
		{"{{ 'a' ~ x }}", ""},
		{"{% set a = 'x' %}{% set b = a ~ 'y' %}{{ b }}", "xy"},
		{"{% set b = a ~ 'y' %}{% set a = 'x' %}{{ b }}", "xy"},
		{"{% set a = 'x' %}{% set a = 'y' %}{{ a ~ 1 }}", "x1 y1"},
		{"{% set a, b = 'x', 'y' %}{{ b ~ a }}", "yx"},
		{"{% set a %}x{{ 'y' }}{% endset %}{{ a }}", "y xy"},
		{"{% set a | upper | replace('X', 'z') %}x{% endset %}{{ a }}", "z"},
		{"{% set ns = namespace(k='x') %}{% set ns.k = ns.k ~ 'y' %}{{ ns.k }}", "x xy xyy xyyy xyyyy xyyyyy xyyyyyy"},
		{"{% for c in ['a', 'b'] %}{{ c ~ '_' }}{% endfor %}", "a_ b_"},
		{"{% for c in 'ab' %}{{ c }}{% endfor %}", "a b"},
		{"{% macro f() %}ab{% endmacro %}{{ f() }}", "ab"},
		{"{% macro f(x) %}{{ x ~ 'z' }}{% endmacro %}{{ f('y') }}", "yz yz"},
		{"{% with a='x' %}{{ a }}{% endwith %}", "x"},
		{"{{ 'a' if x else 'b' }}", "a b"},
		{"{{ x or 'b' }}", "b"},
	}
	for _, test := range tests {
		got := Parse(test.src)
		env := Learn(got)
		var out []string
		Walk(got.Body, func(n *Node) {
			if n.Kind == Print && n.Expr != nil {
				out = append(out, env.Strings(n.Expr)...)
			}
		})
		if d := cmp.Diff(test.want, strings.Join(out, " ")); d != "" {
			t.Errorf("%s: %v %s", test.src, got.Errors, d)
		}
	}
}

// TestNumbers has what ranges and repetitions are made of.
func TestNumbers(t *testing.T) {
	tests := []struct {
		src  string
		want int64
	}{
		{"{{ 10 ** 3 }}", 1000},
		{"{{ 2 * 3 + 1 }}", 7},
		{"{{ 10 ** 400 }}", math.MaxInt64},
		{"{{ 10 ** 10 * 10 ** 10 }}", math.MaxInt64},
		{"{{ 100000 * 100000 }}", 10_000_000_000},
	}
	for _, test := range tests {
		got := Parse(test.src)
		if n := Learn(got).Ints(got.Body[0].Expr); len(n) != 1 || n[0] != test.want {
			t.Errorf("%s: %d, want %d", test.src, n, test.want)
		}
	}
}

func TestTexts(t *testing.T) {
	got := Parse("{{ ['a', ('b', {'c': 'd'}), 1] }}")
	if d := cmp.Diff([]string{"a", "b", "c", "d"}, Learn(got).Texts(got.Body[0].Expr)); d != "" {
		t.Error(d)
	}
}

func TestDefined(t *testing.T) {
	env := Learn(Parse("{% set a = 1 %}{% for b, c in d %}{% endfor %}{% macro e(f, g=1) %}{% endmacro %}{% import 'x' as h %}{% from 'x' import i as j %}{% set k %}{% endset %}{{ l }}"))
	for _, name := range strings.Fields("a b c e f g h j k") {
		if !env.Defined(name) {
			t.Errorf("%s is defined", name)
		}
	}
	for _, name := range strings.Fields("d i l x") {
		if env.Defined(name) {
			t.Errorf("%s is not defined", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.jinja")
	if err != nil || len(paths) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Fuzz(survive)
}

func BenchmarkParse(b *testing.B) {
	src, err := os.ReadFile("testdata/tools.jinja")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		Learn(Parse(string(src)))
	}
}
