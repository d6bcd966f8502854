package pickle

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"taster/core"
)

// forest is about 1 MB in the manner of a pickled random forest: many small
// objects, memo entries, short arrays.
func forest() []byte {
	var b strings.Builder
	b.WriteString(proto(4) + "](")
	for i := 0; b.Len() < 1<<20; i++ {
		b.WriteString(text("sklearn.tree._tree") + memoize + text("Tree") + memoize + stackGlobal + memoize)
		b.WriteString(small1(4) + in32("J", uint32(i)) + "\x86" + reduce + memoize + "}(")
		for j := range 20 {
			b.WriteString(text(fmt.Sprintf("key_%d", j)) + memoize + "G" + string(binary.BigEndian.AppendUint64(nil, uint64(i*j))))
		}
		b.WriteString("ub")
	}
	return []byte(b.String() + "e.")
}

// Opening a pickle of 1 MB with 180,000 instructions.
func BenchmarkOpen(b *testing.B) {
	data := forest()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		a := &core.Artifact{Kind: "pickle"}
		o := &core.Opener{Artifact: a, Emit: func(core.Event) error { return nil }}
		if err := Format.Open(context.Background(), core.Bytes("a", data), o); err != nil || len(a.Calls) == 0 {
			b.Fatal(err, len(a.Calls))
		}
	}
}

// Asking every format whether it knows a file must cost little.
func BenchmarkMatch(b *testing.B) {
	csv := []byte(strings.Repeat("0.25,0.5,cat\n", 10_000))
	src := core.Bytes("a", csv)
	for b.Loop() {
		if match(csv[:4096], src) != "" {
			b.Fatal("taken for a pickle")
		}
	}
}
