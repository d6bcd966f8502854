package builtin

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"taster/core"
	"taster/core/scan"
)

// The payload prints when it is loaded, in two of the ways to write it.
var payloads = map[string]string{
	"protocol 0": "cos\nsystem\n(S'echo taster-sample'\ntR.",
	"protocol 4": "\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x12echo taster-sample\x85R.",
}

// wrap puts one file into another.
type wrap struct {
	name string
	pack func(p string) string
}

func wraps() []wrap {
	return []wrap{
		{"gzip", func(p string) string { return packed(p, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }) }},
		{"gzip, its checksum wrong", func(p string) string { return changed(gzipped(p), -8) }},
		{"gzip, cut", func(p string) string { b := gzipped(p); return b[:len(b)-9] }},
		{"gzip, second member", func(p string) string { return gzipped("\x80\x04N.") + gzipped(p) }},
		{"gzip, behind it", func(p string) string { return gzipped("\x80\x04N.") + p }},
		{"zlib", zlibbed},
		{"zlib, cut", func(p string) string { b := zlibbed(p); return b[:len(b)-5] }},
		{"joblib before 0.10", func(p string) string { return fmt.Sprintf("ZF%-19s", fmt.Sprintf("0x%x", len(p))) + zlibbed(p) }},
		{"zip, stored", func(p string) string { return zipped(zip.Store, "a.pkl", p) }},
		{"zip, deflated", func(p string) string { return zipped(zip.Deflate, "notes.txt", p) }},
		{"zip, data.pkl", func(p string) string { return zipped(zip.Store, "m/data.pkl", p, "m/version", "3\n") }},
		{"zip, two roots", func(p string) string { return zipped(zip.Store, "m/data.pkl", "\x80\x02}.", "n/data.pkl", p) }},
		{"zip, name twice", func(p string) string { return zipped(zip.Store, "m/data.pkl", "\x80\x02}.", "m/data.pkl", p) }},
		{"zip, broken member first", func(p string) string {
			return zipped(zip.Store, "a.npy", "\x93NUMPY\x09\x00", "b.gz", "\x1f\x8b\x08broken", "c", p)
		}},
		{"zip, no directory", func(p string) string {
			b := zipped(zip.Store, "m/data.pkl", p)
			return b[:strings.LastIndex(b, "PK\x01\x02")]
		}},
		{"zip behind a pickle", func(p string) string { return p + zipped(zip.Store, "m/data.pkl", "\x80\x02}.") }},
		{"pickle behind a zip", func(p string) string { return zipped(zip.Store, "m/data.pkl", "\x80\x02}.") + p }},
		{"zip behind a zip", func(p string) string {
			return zipped(zip.Store, "m/data.pkl", p) + zipped(zip.Store, "m/data.pkl", "\x80\x02}.")
		}},
		{"zip, end record in the comment", commented},
		{"tar", func(p string) string { return tarred("m/a.pkl", p) }},
		{"tar, name twice", func(p string) string { return tarred("a", "x", "a", p) }},
		{"tar, behind the end", func(p string) string { return tarred("a", "x") + tarred("a", p) }},
		{"tar, broken header between", func(p string) string { b := tarred("a", "x", "b", "y", "c", p); return changed(b, 1024) }},
		{"tar of old torch", func(p string) string {
			return tarred("sys_info", "\x80\x02}.", "pickle", p, "tensors", "\x80\x02K\x00.", "storages", "\x80\x02K\x00.")
		}},
		{"npy of objects", func(p string) string { return array("'|O'", p) }},
		{"npy with a field of objects", func(p string) string { return array("[('a', '<f4'), ('b', '|O')]", p) }},
		{"npy, behind the numbers", func(p string) string { return array("'<f4'", "\x00\x00\x00\x00"+p) }},
		{"npz", func(p string) string {
			return zipped(zip.Deflate, "a.npy", array("'<f4'", "1234"), "b.npy", array("'|O'", p))
		}},
		{"7z, stored", stored7z},
	}
}

// TestContainers follows a payload into every container, and into every
// container inside every other one.
func TestContainers(t *testing.T) {
	for how, p := range payloads {
		for _, outer := range wraps() {
			t.Run(how+", "+outer.name, func(t *testing.T) {
				if !finds(t, outer.pack(p)) {
					t.Error("the payload was not found")
				}
			})
		}
	}
	p := payloads["protocol 4"]
	for _, outer := range wraps() {
		if behind(outer.name) {
			continue // no loader looks for a container there
		}
		for _, inner := range wraps() {
			if outer.name == "zlib, cut" && strings.HasPrefix(inner.name, "zlib") {
				continue // a few broken bytes whose content has no magic number look like nothing
			}
			if !finds(t, outer.pack(inner.pack(p))) {
				t.Errorf("%s in %s: the payload was not found", inner.name, outer.name)
			}
		}
	}
}

// behind holds for what puts a file where it is not the start of anything.
func behind(name string) bool {
	return strings.Contains(name, "behind") || strings.Contains(name, "second")
}

// finds reports whether a file of these bytes is called dangerous for the payload.
func finds(t *testing.T, b string) bool {
	t.Helper()
	var r core.Report
	if err := scan.Run(t.Context(), Config(), scan.Job{Files: []core.Source{core.Bytes("model.bin", []byte(b))}}, func(e core.Event) error { r.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	named := false
	r.Artifacts[0].Walk(func(a *core.Artifact) {
		named = named || slices.ContainsFunc(a.Imports, func(i core.Import) bool { return i.Path() == "os.system" })
	})
	critical := slices.ContainsFunc(r.Findings, func(f *core.Finding) bool { return f.Severity >= core.High })
	return named && critical
}

func packed(p string, writer func(io.Writer) io.WriteCloser) string {
	var b bytes.Buffer
	w := writer(&b)
	_, _ = io.WriteString(w, p) // a Buffer does not fail
	_ = w.Close()
	return b.String()
}

func gzipped(p string) string {
	return packed(p, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
}

func zlibbed(p string) string {
	return packed(p, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
}

// changed is b with another byte at place i, or i before the end.
func changed(b string, i int) string {
	if i < 0 {
		i += len(b)
	}
	return b[:i] + string(b[i]^1) + b[i+1:]
}

func zipped(method uint16, members ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		f, _ := w.CreateHeader(&zip.FileHeader{Name: members[i], Method: method})
		_, _ = io.WriteString(f, members[i+1])
	}
	_ = w.Close()
	return b.String()
}

// commented is a zip whose comment holds the end record, and the directory, of
// an archive that lists another member.
func commented(p string) string {
	const endLength = 22
	b := zipped(zip.Store, "a", "x", "m/data.pkl", p)
	at := strings.Index(b, "PK\x01\x02")
	second := at + strings.Index(b[at+1:], "PK\x01\x02") + 1
	end := []byte(b[len(b)-endLength:])
	start := len(b)
	directory := b[at:second]
	binary.LittleEndian.PutUint16(end[8:], 1)
	binary.LittleEndian.PutUint16(end[10:], 1)
	binary.LittleEndian.PutUint32(end[12:], uint32(len(directory)))
	binary.LittleEndian.PutUint32(end[16:], uint32(start))
	comment := directory + string(end)
	return b[:len(b)-2] + string(binary.LittleEndian.AppendUint16(nil, uint16(len(comment)))) + comment
}

func tarred(members ...string) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		_ = w.WriteHeader(&tar.Header{Name: members[i], Size: int64(len(members[i+1])), Mode: 0o644})
		_, _ = io.WriteString(w, members[i+1])
	}
	_ = w.Close()
	return b.String()
}

func array(descr, data string) string {
	h := fmt.Sprintf("{'descr': %s, 'fortran_order': False, 'shape': (1,), }\n", descr)
	return "\x93NUMPY\x01\x00" + string(binary.LittleEndian.AppendUint16(nil, uint16(len(h)))) + h + data
}

// stored7z is a 7z archive of one stored member, without checksums.
func stored7z(p string) string {
	size := func(n int) []byte { return binary.LittleEndian.AppendUint64([]byte{0xff}, uint64(n)) }
	h := slices.Concat([]byte{1, 4, 6, 0, 1, 9}, size(len(p)), []byte{0, 7, 11, 1, 0, 1, 1, 0, 12}, size(len(p)), []byte{0, 0, 5, 1, 17, 5, 0, 'a', 0, 0, 0, 0, 0})
	s := make([]byte, 32)
	copy(s, "7z\xbc\xaf\x27\x1c")
	binary.LittleEndian.PutUint64(s[12:], uint64(len(p)))
	binary.LittleEndian.PutUint64(s[20:], uint64(len(h)))
	return string(s) + p + string(h)
}
