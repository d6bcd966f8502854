//go:build !js

package browsertest_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/wasm/browsertest"
)

// testTeam analyses a dataset that is large enough for several workers. The
// report must be that of the command, which is one process.
func testTeam(t *testing.T, p *browsertest.Page) {
	const rows, cols, classes = 4200, 512, 4
	rng := rand.New(rand.NewPCG(1, 2))
	activations, labels := arrayHead("<f4", rows, cols), arrayHead("|u1", rows)
	for i := range rows {
		labels = append(labels, byte(i%classes))
		at := rng.NormFloat64() // the rows of a class lie along a line
		for j := range cols {
			v := 0.1 * rng.NormFloat64()
			if j%classes == i%classes {
				v += 2 + at*float64(j%7)
			}
			activations, _ = binary.Append(activations, binary.LittleEndian, float32(v))
		}
	}
	files := []string{write(t, "activations.npy", activations), write(t, "labels.npy", labels)}
	browsertest.Eval[bool](p, fixedTime)
	browsertest.Eval[bool](p, `(() => {
		const status = document.querySelector('[data-testid=status]');
		globalThis.testStatus = '';
		new MutationObserver(() => testStatus += status.innerText + '\n').observe(status, {subtree: true, childList: true, characterData: true, attributes: true});
		return true;
	})()`)
	p.SetFiles(files...)
	p.WaitState("done")
	said, several := browsertest.Eval[string](p, `testStatus`), runtime.NumCPU() > 1
	if strings.Contains(said, " workers") != several {
		t.Errorf("several processors: %t, but the page said:\n%s", several, said)
	}
	want := command(t, append([]string{"scan", "-fail-on", "never", "-format", "json"}, files...)...)
	if got := p.Download("export-json"); !bytes.Equal(got, want) {
		t.Errorf("page and command differ:\n%.4000s", cmp.Diff(string(want), string(got)))
	}
}
