package kerascode_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/kerascode"
	"taster/core/format/config"
	"taster/core/format/hdf5"
	"taster/core/format/savedmodel"
	"taster/core/format/torch"
	"taster/core/scan"
)

// verdict is what the formats that hold Keras models and the detector say.
func verdict(t *testing.T, src core.Source) (core.Verdict, *core.Report) {
	t.Helper()
	cfg := scan.Config{Formats: []*core.Format{torch.Format, hdf5.Format, savedmodel.Format, config.Format}, Detectors: []*core.Detector{kerascode.Detector}}
	var r core.Report
	if err := scan.Run(t.Context(), cfg, scan.Job{Files: []core.Source{src}}, func(e core.Event) error { r.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	return r.Verdict(r.Artifacts[0]), &r
}

// TestContainers finds the description in every kind of file that Keras loads.
func TestContainers(t *testing.T) {
	tests := []struct {
		path string
		want core.Verdict
	}{
		{"torch/testdata/lambda.keras", core.Dangerous},
		{"hdf5/testdata/keras2-lambda.h5", core.Dangerous},
		{"hdf5/testdata/keras3-lambda.h5", core.Dangerous},
		{"hdf5/testdata/keras2.h5", core.NoFinding},
		{"hdf5/testdata/keras3.h5", core.NoFinding},
		{"savedmodel/testdata/keras_metadata-lambda.pb", core.Dangerous},
		{"savedmodel/testdata/keras_metadata.pb", core.NoFinding},
	}
	for _, test := range tests {
		b, err := os.ReadFile(filepath.Join("../../format", test.path))
		if err != nil {
			t.Fatal(err)
		}
		got, r := verdict(t, core.Bytes(test.path, b))
		if got != test.want {
			t.Errorf("%s is %s", test.path, got)
		}
		for _, f := range r.Findings {
			if f.Rule == "KERAS-LAMBDA" && (f.Where.Offset <= 0 || len(f.Evidence) == 0) {
				t.Errorf("%s: %+v", test.path, f)
			}
		}
	}
}

// TestEncodings reads config.json in the encodings that Python reads.
func TestEncodings(t *testing.T) {
	const doc = `{"class_name": "Sequential", "config": {"layers": [{"module": "os", "class_name": "function", "config": "system"}]}}`
	var wide []byte
	for _, u := range utf16.Encode([]rune(doc)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for _, config := range [][]byte{[]byte(doc), wide} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for name, data := range map[string][]byte{"metadata.json": []byte(`{"keras_version": "3.0.0"}`), "config.json": config} {
			f, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write(data); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got, r := verdict(t, core.Bytes("m.keras", b.Bytes()))
		if d := cmp.Diff(core.Dangerous, got); d != "" || r.Artifacts[0].Kind != "keras" {
			t.Error(r.Artifacts[0].Kind, d)
		}
	}
}
