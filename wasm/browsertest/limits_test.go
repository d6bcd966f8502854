//go:build !js

package browsertest_test

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"taster/wasm/browsertest"
)

// testNetwork checks that the page can reach nothing, and says so.
func testNetwork(t *testing.T, p *browsertest.Page) {
	p.Wait(`tasterTimes.sealed`)
	t.Logf("ms since navigation: %v", browsertest.Eval[map[string]float64](p, `({...tasterTimes, ready: testReady})`))
	shield := browsertest.Eval[struct {
		Cut      bool
		Policy   string
		Requests int
	}](p, `tasterShield()`)
	if !shield.Cut || shield.Requests != 0 || shield.Policy == "" {
		t.Errorf("shield: %+v", shield)
	}
	p.Wait(`document.querySelector('[data-testid="network-shield"]').dataset.state === 'cut'`)
	p.Screenshot(screenshots, "empty")
	for _, url := range []string{"https://" + browsertest.SelfTest + "/", "http://127.0.0.1:1/?" + browsertest.SelfTest, "index.html?" + browsertest.SelfTest} {
		if !browsertest.Eval[bool](p, fmt.Sprintf(`fetch(%q, {mode: 'no-cors'}).then(() => false, () => true)`, url)) {
			t.Errorf("the page reached %s", url)
		}
	}
}

// testWithoutServer stops the server after the page has loaded.
func testWithoutServer(t *testing.T, p *browsertest.Page) {
	p.Wait(`tasterTimes.sealed`)
	p.StopServer()
	p.Sample("booby-trapped")
	p.WaitState("done")
	if got := p.Findings(); len(got) == 0 || got[0].Severity != "critical" {
		t.Errorf("findings of the checkpoint: %+v", got)
	}
	p.SetFiles(filepath.Join(artifacts, "files/evil/eval-p0.pkl"))
	p.WaitState("done")
	checkListed(t, p, "eval-p0.pkl", "dangerous")
	p.Screenshot(screenshots, "checkpoint")
}

func checkListed(t *testing.T, p *browsertest.Page, path, verdict string) {
	t.Helper()
	for _, a := range p.Artifacts() {
		if a.Path == path {
			if a.Verdict != verdict {
				t.Errorf("%s is %s, want %s", path, a.Verdict, verdict)
			}
			return
		}
	}
	t.Errorf("%s is not listed: %+v", path, p.Artifacts())
}

// testCancel ends a long run and checks that the next one works, without the
// server: the new worker is made from memory.
func testCancel(t *testing.T, p *browsertest.Page) {
	p.Wait(`tasterTimes.sealed`)
	p.StopServer()
	p.SetFiles(write(t, "slow.pkl", slowPickle()))
	p.WaitState("working")
	start := time.Now()
	p.Click("cancel")
	p.Wait(`document.querySelector('[data-testid="status"]').dataset.state !== 'working'`)
	t.Logf("cancelled after %v", time.Since(start))
	p.Sample("booby-trapped")
	p.WaitState("done")
	checkListed(t, p, "checkpoint.pt", "dangerous")
}

// testWorkerDies makes the worker panic, by a message that the page never
// sends. The page must replace it and go on.
func testWorkerDies(t *testing.T, p *browsertest.Page) {
	p.Wait(`testWorkers.length === 1`)
	browsertest.Eval[bool](p, `(testWorkers[0].postMessage(null), true)`)
	p.Wait(`testWorkers.length === 2`)
	p.Sample("booby-trapped")
	p.WaitState("done")
	checkListed(t, p, "checkpoint.pt", "dangerous")
}

// testChangedFile changes a file on disk after it was added: the browser then
// refuses to read it in the next run, which must be a finding.
func testChangedFile(t *testing.T, p *browsertest.Page) {
	file := write(t, "model.pkl", []byte("N."))
	p.SetFiles(file)
	p.WaitState("done")
	checkListed(t, p, "model.pkl", "no-finding")
	if err := os.WriteFile(file, []byte("(lp0\n."), 0o644); err != nil {
		t.Fatal(err)
	}
	p.SetFiles(filepath.Join(artifacts, "files/evil/eval-p0.pkl"))
	p.WaitState("done")
	checkListed(t, p, "model.pkl", "unreadable")
	checkListed(t, p, "eval-p0.pkl", "dangerous")
}

func testThousandFiles(t *testing.T, p *browsertest.Page) {
	evil, err := os.ReadFile(filepath.Join(artifacts, "files/evil/eval-p0.pkl"))
	if err != nil {
		t.Fatal(err)
	}
	dir, paths := t.TempDir(), make([]string, 1000)
	for i := range paths {
		paths[i] = filepath.Join(dir, fmt.Sprintf("file-%04d.pkl", i))
		if err := os.WriteFile(paths[i], evil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	p.SetFiles(paths...)
	p.WaitState("done")
	t.Logf("1000 files: %v", time.Since(start))
	if len(p.Artifacts()) == 0 || len(p.Findings()) == 0 {
		t.Error("nothing is shown")
	}
}

// testSparseArchive opens a checkpoint of 5 GB, of which only the directory
// and the pickle may be read.
func testSparseArchive(t *testing.T, p *browsertest.Page) {
	file := sparseArchive(t, 5<<30)
	start := time.Now()
	p.SetFiles(file)
	p.WaitState("done")
	t.Logf("5 GiB archive: %v", time.Since(start))
	checkListed(t, p, filepath.Base(file), "dangerous")
}

// sparseArchive makes a torch archive with a tensor of n zero bytes, which
// takes next to no room on disk.
func sparseArchive(t *testing.T, n int64) string {
	t.Helper()
	evil, err := os.ReadFile(filepath.Join(artifacts, "files/evil/eval-p0.pkl"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "model-5gb.pt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(&sparseWriter{f})
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: "model/data.pkl", Method: zip.Store})
	check(err)
	_, err = w.Write(evil)
	check(err)
	w, err = z.CreateRaw(&zip.FileHeader{Name: "model/data/0", Method: zip.Store, CompressedSize64: uint64(n), UncompressedSize64: uint64(n)})
	check(err)
	zeros := make([]byte, 1<<20)
	for left := n; left > 0; left -= int64(len(zeros)) {
		_, err = w.Write(zeros)
		check(err)
	}
	w, err = z.CreateHeader(&zip.FileHeader{Name: "model/version", Method: zip.Store})
	check(err)
	_, err = io.WriteString(w, "3\n")
	check(err)
	check(z.Close())
	return f.Name()
}

// sparseWriter leaves holes for large pieces of zeros.
type sparseWriter struct{ f *os.File }

func (s *sparseWriter) Write(p []byte) (int, error) {
	if len(p) < 1<<20 {
		return s.f.Write(p)
	}
	_, err := s.f.Seek(int64(len(p)), io.SeekCurrent)
	return len(p), err
}
