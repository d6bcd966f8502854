//go:build !js

package browsertest_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/wasm/browsertest"
)

// testDigests hashes files of the sizes that are hashed in different ways: kept
// in memory, by the browser, and read in pieces. Page and command must agree.
func testDigests(t *testing.T, p *browsertest.Page) {
	small := write(t, "small.bin", []byte("small"))
	files := []string{small, sparse(t, "middle.bin", 65<<20), sparse(t, "large.bin", 130<<20)}
	p.SetFiles(files...)
	p.WaitState("done")
	if page, command := p.Download("export-json"), scan(t, files); !bytes.Equal(page, command) {
		t.Errorf("page and command differ:\n%s", cmp.Diff(string(command), string(page)))
	}
	const right = "81db8ebbbbc69c6c6ad4a6aa92b76e0c08af547da236b9e2c9dbe1d8285a8130" // of "small", by sha256sum
	for _, c := range []struct{ text, rule string }{
		{right, "DIGEST-COMPARED"},
		{"small.bin=" + strings.Repeat("0", 64), "DIGEST-DIFFERS"},
		{right + "  gone.bin", "DIGEST-MISSING"},
	} {
		fill(p, "digests", c.text)
		p.Click("run")
		p.Wait(`document.querySelector('[data-testid=finding][data-rule="` + c.rule + `"]')`)
		p.WaitState("done")
	}
	fill(p, "digests", "none")
	p.Wait(`document.querySelector('.digests [role=alert]')?.innerText.includes('is not a digest')`)
}

// testLargeDigest asks for the digest of a file that the browser cannot hold,
// and cancels it. The page must go on answering while it is made.
func testLargeDigest(t *testing.T, p *browsertest.Page) {
	p.SetFiles(sparse(t, "model.bin", 10<<30))
	p.WaitState("done")
	browsertest.Eval[bool](p, `(document.querySelector('[data-testid=artifact] .fold').click(), true)`)
	p.Wait(`document.querySelector('[data-testid=artifact]').dataset.open === 'true'`)
	if got := p.Text("artifact"); !strings.Contains(got, "SHA-256 not computed") {
		t.Errorf("hashed without being asked: %q", got)
	}
	p.Click("run")
	p.Wait(`document.querySelector('[data-testid=status]').innerText.includes('SHA-256 of model.bin')`)
	first := p.Text("status")
	p.Wait(fmt.Sprintf(`document.querySelector('[data-testid=status]').innerText !== %q`, first))
	p.Press("2")
	p.Press("1")
	p.Click("cancel")
	p.Wait(`document.querySelector('[data-testid=status]').dataset.state !== 'working'`)
	p.SetFiles(filepath.Join(artifacts, "files/evil/eval-p0.pkl"))
	p.WaitState("done")
	checkListed(t, p, "eval-p0.pkl", "dangerous")
}

// sparse makes a file of n zero bytes, which takes next to no room on disk.
func sparse(t *testing.T, name string, n int64) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(n); err != nil {
		t.Fatal(err)
	}
	return file
}

// fill types into a field.
func fill(p *browsertest.Page, id, text string) {
	browsertest.Eval[bool](p, fmt.Sprintf(`(() => {
		const field = document.querySelector('[data-testid=%s]');
		field.value = %q;
		return field.dispatchEvent(new Event('change', {bubbles: true}));
	})()`, id, text))
}
