package weights

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taster/core"
	"taster/core/coretest"
	"taster/core/coretest/pickleasm"
)

func recognised(t testing.TB, name string, data []byte) string {
	t.Helper()
	a, findings := coretest.Open(t, Formats(), core.Bytes(name, data))
	for _, f := range findings {
		if f.Rule != "FILE-UNKNOWN" && f.Rule != "FILE-POLYGLOT" {
			t.Errorf("%s: %s", name, f.Saw)
		}
	}
	return a.Kind
}

func TestKinds(t *testing.T) {
	field := func(tag byte, content string) string { return string([]byte{tag, byte(len(content))}) + content }
	for _, c := range []struct{ name, data, want string }{
		{"._a", "\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X", "apple-double"},
		{".DS_Store", "\x00\x00\x00\x01Bud1\x00\x00", "ds-store"},
		{"m.cbm", "CBM1\x00\x00\x00\x00", "catboost"},
		{"m.ubj", "{L\x00\x00\x00\x00\x00\x00\x00\x07learner{L", "xgboost-ubj"},
		{"m.bin", "\xba\x16\x4f\x2f\x0c\x00\x00\x00\x64\x00\x00\x00", "fasttext"},
		{"m.crfsuite", "lCRF\x10\x00\x00\x00FOMC\x00\x00\x00\x00", "crfsuite"},
		{"m.param", "7767517\n3 3\nInput data 0 1 data\n", "ncnn"},
		{"weight.bin", "\x01\x00\x00\x00\x02\x00\x00\x00" + strings.Repeat("\x00", 56) + "\xef\xbe\xad\xde\x01\x00\x00\x00", "mil-blob"},
		{"m.index", strings.Repeat("\x00", 40) + "\x57\xfb\x80\x8b\x24\x75\x47\xdb", "tf-checkpoint-index"},
		{"m.data-00000-of-00001", "\x01\x02\x03\x04\xff", "tf-checkpoint-data"},
		{"group1-shard1of2.bin", "\x01\x02\x03\x04\xff", "tfjs-weights"},
		{"m.mlmodel", "\x08\x04" + field(0x12, "\x0a\x00") + "\xa2\x1f\x02\x0a\x00", "coreml"},
		{"t.pb", "\x08\x02\x10\x01" + field(0x4a, "\x00\x00\x80\x3f\x00\x00\x80\x3f"), "onnx-tensor"},
		{"s.model", field(0x0a, field(0x0a, "<unk>")+"\x15\x00\x00\x00\x00\x18\x02"), "sentencepiece"},
		{"g.binarypb", field(0x0a, field(0x12, "GlScalerCalculator")+field(0x1a, "VIDEO:in")), "mediapipe"},
		{"vocab", "\x82\xa4attr\x01\xa4name\xa3abc", "messagepack"},
		{"m.data-00000-of-00001", "#!/bin/sh\nid\n", "unknown"},
		{"m.data-00000-of-00001", string(pickleasm.Stream(pickleasm.Proto(2), "N")), "unknown"},
		{"x", "\x0a\x05hello", "unknown"},
		{"x", "\x08\x04\x12\x00", "unknown"},
		{"x", "{L\xff\xff\xff\xff\xff\xff\xff\xffa", "unknown"},
		{"x", "\x82\x01\x02\x03\x04", "unknown"},
		{"x", "", "unknown"},
	} {
		if got := recognised(t, c.name, []byte(c.data)); got != c.want {
			t.Errorf("%s %.20q is %s, want %s", c.name, c.data, got, c.want)
		}
	}
}

// TestCut: no cut of a file is a fault.
func TestCut(t *testing.T) {
	data := []byte("\x08\x04\x12\x02\x0a\x00\xa2\x1f\x02\x0a\x00")
	for n := range data {
		recognised(t, "x", data[:n])
	}
}

func FuzzFormats(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*")
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("\x08\x04\x12\x02\x0a\x00\xa2\x1f\x02\x0a\x00"))
	f.Add([]byte("{L\x00\x00\x00\x00\x00\x00\x00\x07learner{L"))
	f.Fuzz(func(t *testing.T, data []byte) { coretest.Survives(t, Formats(), core.Bytes("fuzz", data)) })
}
