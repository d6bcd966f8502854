//go:build !js

package browsertest_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"taster/wasm/browsertest"
)

// testPreview drops, beside the activations of the sample, a table and pictures
// of the same rows, and looks at rows of them.
func testPreview(t *testing.T, p *browsertest.Page) {
	const rows, side = 4000, 8
	var table bytes.Buffer
	table.WriteString("id,text\n")
	for i := range rows {
		fmt.Fprintf(&table, "%d,\"the text of <b>row</b> %d\"\n", i, i)
	}
	p.SetFiles(filepath.Join(backdoor, "activations.npy"), filepath.Join(backdoor, "labels.npy"),
		write(t, "texts.csv", table.Bytes()), write(t, "pixels.npy", pixels(rows, side)))
	p.WaitState("done")
	p.Press("3j")
	p.Wait(`document.querySelector('[data-testid=preview] .cells')`)
	first := shownRow(p)
	if got := p.Text("preview"); !strings.Contains(got, fmt.Sprintf("the text of <b>row</b> %d", first)) || !strings.Contains(got, "8 × 8 pixels") {
		t.Errorf("row %d is shown as %q", first, got)
	}
	p.Wait(`document.querySelector('[data-testid=preview] img').naturalWidth === 8`)
	if got, want := shade(p), first%251; got != want {
		t.Errorf("the first pixel of row %d is %d, want %d", first, got, want)
	}
	p.Press("pj")
	p.Wait(`document.querySelectorAll('[data-testid=preview] img').length === 2`)
	p.EachLook([]int64{1440, 1024, 400}, func(look string) {
		browsertest.Eval[bool](p, `(document.querySelector('[data-testid=row-table]').scrollIntoView(), true)`)
		p.Snap(filepath.Join(screenshots, "rows-"+look+".png"))
	})
	p.Press("\u001b")
	p.Wait(`!document.querySelector('[data-testid=preview]')`)
}

// pixels is an array of grey pictures; all pixels of a row have one value.
func pixels(rows, side int) []byte {
	out := arrayHead("|u1", rows, side, side)
	for i := range rows {
		out = append(out, bytes.Repeat([]byte{byte(i % 251)}, side*side)...)
	}
	return out
}

// arrayHead is the header of an .npy file.
func arrayHead(kind string, shape ...int) []byte {
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", ", "))
	head += strings.Repeat(" ", 63-(10+len(head))%64) + "\n"
	out := append([]byte("\x93NUMPY\x01\x00"), byte(len(head)), byte(len(head)>>8))
	return append(out, head...)
}

func shownRow(p *browsertest.Page) int {
	return browsertest.Eval[int](p, `Number(document.querySelector('[data-testid=preview]').dataset.row)`)
}

// shade is the first pixel of the picture as the browser decoded it.
func shade(p *browsertest.Page) int {
	return browsertest.Eval[int](p, `(() => {
		const c = document.createElement('canvas').getContext('2d');
		c.drawImage(document.querySelector('[data-testid=preview] img'), 0, 0);
		return c.getImageData(0, 0, 1, 1).data[0];
	})()`)
}
