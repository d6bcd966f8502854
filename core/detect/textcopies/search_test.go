package textcopies_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core/coretest/ordinary"
	"taster/core/detect/textcopies"
)

func TestPairs(t *testing.T) {
	var texts []string
	for _, d := range ordinary.Docs(200, 1) {
		texts = append(texts, d.Turns[0].Text+" "+d.Answers[0])
	}
	edit := func(s string, n int) string {
		w := strings.Fields(s)
		for i := range n {
			w[(i+1)*len(w)/(n+1)] = fmt.Sprintf("edited%d", i)
		}
		return strings.Join(w, " ")
	}
	texts[50], texts[120], texts[199] = edit(texts[7], 1), edit(texts[7], 2), edit(texts[31], 1)
	texts[3], texts[4] = "", "two words"
	found, err := textcopies.Pairs(t.Context(), len(texts), func(i int) string { return texts[i] })
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]int32{{7, 50, 120}, {31, 199}}, textcopies.Clusters(len(texts), found)); d != "" {
		t.Error(d)
	}
}

// TestManyEqual does not compare every pair of thousands of equal texts.
func TestManyEqual(t *testing.T) {
	const n = 5000
	found, err := textcopies.Pairs(t.Context(), n, func(int) string { return "the same words in each of these texts" })
	if err != nil {
		t.Fatal(err)
	}
	if c := textcopies.Clusters(n, found); len(c) != 1 || len(c[0]) != n {
		t.Errorf("%d groups", len(c))
	}
	if len(found) > 40*n*5 {
		t.Errorf("%d pairs were compared", len(found))
	}
}
