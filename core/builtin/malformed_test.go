package builtin_test

import (
	"bytes"
	"fmt"
	"testing"

	"taster/core"
	"taster/core/coretest/pickleasm"
)

// ordinary are files without a defect, by name.
func ordinary() map[string][]byte {
	const whole = `{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`
	return map[string][]byte{
		"p0.pkl":        []byte("(dp0\nVlr\np1\nF0.5\nsVnames\np2\n(lp3\nVa\np4\naI7\nas."),
		"p2.pkl":        p2(dict(text2("lr"), number(3), text2("names"), list(text2("a"), number(7)))),
		"p4.pkl":        p4(frame(dict(text("lr"), number(3), text("names"), list(text("a"), data("bytes"))))),
		"a.safetensors": tensors(whole, 8),
		"a.gguf":        gguf("general.architecture", "llama", "general.name", "tiny"),
		"a.npy":         []byte("\x93NUMPY\x01\x00\x76\x00" + fmt.Sprintf("%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }") + "\x00\x00\x80?\x00\x00\x00@"),
		"a.pt":          torchZip(plain),
		"config.json":   []byte(`{"model_type":"bert","hidden_size":64,"layers":[1,2]}`),
		"a.keras":       keras(sequential("")),
	}
}

// TestCutShort cuts ordinary files at every place: none of the pieces looks
// whole, and none looks dangerous.
func TestCutShort(t *testing.T) {
	for name, whole := range ordinary() {
		if r := scanOne(t, core.Bytes(name, whole)); r.Verdict(r.Artifacts[0]) != core.NoFinding {
			t.Errorf("%s: %s, want none", name, r.Verdict(r.Artifacts[0]))
		}
		for n := range whole {
			if string(whole[:n]) == "{" {
				continue // as good a text as any
			}
			r := scanOne(t, core.Bytes(name, whole[:n]))
			if got := r.Verdict(r.Artifacts[0]); got == core.NoFinding || got == core.Dangerous {
				t.Errorf("%s, the first %d of %d bytes: %s: %q", name, n, len(whole), got, whole[max(0, n-20):n])
			}
		}
	}
}

// TestWrongContent gives ordinary content under names of other formats.
func TestWrongContent(t *testing.T) {
	for _, content := range []string{"<html><body>404 Not Found</body></html>", "version https://git-lfs.github.com/spec/v1\noid sha256:" + string(bytes.Repeat([]byte("a"), 64)) + "\nsize 12\n", "name,value\na,1\nb,2\n", "Iabc\n.", "S'abc\n.", "."} {
		for _, name := range []string{"model.pkl", "model.pt", "model.safetensors", "model.gguf", "model.h5", "model.onnx", "a.npy", "a.joblib"} {
			r := scanOne(t, core.Bytes(name, []byte(content)))
			if got := r.Verdict(r.Artifacts[0]); got == core.NoFinding || got == core.Dangerous {
				t.Errorf("%q called %s: %s", content, name, got)
			}
		}
	}
}

// TestContainersThatRefuse adds items to values that take none: Python stops
// there.
func TestContainersThatRefuse(t *testing.T) {
	for name, stream := range map[string]string{
		"APPENDS to a dict": "}(" + pickleasm.Int(1) + "e", "APPEND to a set": "\x8f" + pickleasm.Int(1) + "a",
		"ADDITEMS to a list": "](" + pickleasm.Int(1) + "\x90", "SETITEMS of a set": "\x8f(" + pickleasm.Int(1) + "Nu", "SETITEM of a tuple": ")NNs",
	} {
		r := scanOne(t, core.Bytes("a.pkl", p4(stream)))
		if got := r.Verdict(r.Artifacts[0]); got != core.Unreadable {
			t.Errorf("%s: %s, want %s", name, got, core.Unreadable)
		}
	}
}
