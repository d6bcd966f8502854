package dataset

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// archive writes members without compression, as torch and numpy do.
func archive(t testing.TB, name string, members ...core.Source) core.Source {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.CreateHeader(&zip.FileHeader{Name: m.Name(), Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		content, err := core.ReadAll(m, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return core.Bytes(name, b.Bytes())
}

func bytesOf(t testing.TB, values any) string {
	t.Helper()
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, values); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// tensorOps is how torch.save pickles a tensor of rows x columns over a storage.
func tensorOps(storage, key string, rows, columns int) string {
	shape := fmt.Sprintf("K%cK%c\x86K%cK\x01\x86", rows, columns, columns)
	if columns == 0 {
		shape = fmt.Sprintf("K%c\x85K\x01\x85", rows)
		columns = 1
	}
	return fmt.Sprintf("ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\n%s\nX%c\x00\x00\x00%sX\x03\x00\x00\x00cpuK%ctQK\x00%s\x89ccollections\nOrderedDict\n)RtR",
		storage, len(key), key, rows*columns, shape)
}

func entry(key, value string) string { return fmt.Sprintf("X%c\x00\x00\x00%s%s", len(key), key, value) }

func safetensorsFile(t testing.TB, name string, tensors map[string]any, data string) core.Source {
	t.Helper()
	head, err := json.Marshal(tensors)
	if err != nil {
		t.Fatal(err)
	}
	return core.Bytes(name, []byte(bytesOf(t, uint64(len(head)))+string(head)+data))
}

// TestSaved: activations and labels as torch, pickle, numpy and safetensors
// save them, in files of their own or together.
func TestSaved(t *testing.T) {
	x, y := bytesOf(t, ramp(6)), bytesOf(t, []int64{1, 0, 1})
	torchX := archive(t, "activations.pt", text("archive/data.pkl", "\x80\x02"+tensorOps("FloatStorage", "0", 3, 2)+"."), text("archive/data/0", x))
	torchY := archive(t, "labels.pt", text("archive/data.pkl", "\x80\x02"+tensorOps("LongStorage", "0", 3, 0)+"."), text("archive/data/0", y))
	dict := "\x80\x02}(" + entry("activations", tensorOps("FloatStorage", "0", 3, 2)) + entry("labels", tensorOps("LongStorage", "1", 3, 0)) + "u."
	big := bytesOf(t, []byte{0x3f, 0x80, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	labels := array(t, "labels.npy", "<i8", "3,", []int64{1, 0, 1})
	tests := []struct {
		name  string
		files []core.Source
		want  []float32
	}{
		{"torch.save of each", []core.Source{torchX, torchY}, ramp(6)},
		{"torch.save of a dict", []core.Source{archive(t, "dump.pt", text("archive/data.pkl", dict), text("archive/data/0", x), text("archive/data/1", y))}, ramp(6)},
		{"big-endian", []core.Source{archive(t, "activations.pt", text("archive/data.pkl", "\x80\x02"+tensorOps("FloatStorage", "0", 3, 2)+"."), text("archive/byteorder", "big"), text("archive/data/0", big)), labels},
			[]float32{1, 2, 0, 0, 0, 0}},
		{"a transpose", []core.Source{archive(t, "activations.pt", text("archive/data.pkl", strings.Replace("\x80\x02"+tensorOps("FloatStorage", "0", 3, 2)+".", "K\x02K\x01\x86\x89", "K\x01K\x03\x86\x89", 1)), text("archive/data/0", x)), labels},
			[]float32{0, 3, 1, 4, 2, 5}},
		{"torch.save of a pair", []core.Source{archive(t, "dump.pt", text("archive/data.pkl", "\x80\x02"+tensorOps("LongStorage", "1", 3, 0)+tensorOps("FloatStorage", "0", 3, 2)+"\x86."), text("archive/data/0", x), text("archive/data/1", y))}, ramp(6)},
		{"npz", []core.Source{archive(t, "dump.npz", array(t, "activations.npy", "<f4", "3, 2", ramp(6)), labels)}, ramp(6)},
		{"npz without names", []core.Source{archive(t, "dump.npz", array(t, "arr_0.npy", "<f4", "3, 2", ramp(6)), array(t, "arr_1.npy", "<i8", "3,", []int64{1, 0, 1}))}, ramp(6)},
		{"safetensors", []core.Source{safetensorsFile(t, "dump.safetensors", map[string]any{
			"features": map[string]any{"dtype": "F32", "shape": []int{3, 2}, "data_offsets": []int{0, 24}},
			"labels":   map[string]any{"dtype": "I64", "shape": []int{3}, "data_offsets": []int{24, 48}}}, x+y)}, ramp(6)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, r := load(t, core.Limits{}, nil, test.files...)
			if d == nil || d.X == nil {
				t.Fatalf("%+v", r.Artifacts[0])
			}
			if diff := cmp.Diff(test.want, d.X.Data); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]int{1, 0, 1}, d.Labels); diff != "" {
				t.Errorf("%s\n%s", diff, strings.Join(reasons(d), "\n"))
			}
			if len(r.Findings) > 0 {
				t.Errorf("%s: %s", r.Findings[0].Rule, r.Findings[0].Saw)
			}
		})
	}
}

// TestSavedOdd: storages that are missing, short, compressed or doubled give
// no numbers, and a reason.
func TestSavedOdd(t *testing.T) {
	ops := text("archive/data.pkl", "\x80\x02"+tensorOps("FloatStorage", "0", 3, 2)+".")
	whole := text("archive/data/0", bytesOf(t, ramp(6)))
	for name, file := range map[string]core.Source{
		"no storage":  archive(t, "activations.pt", ops),
		"short":       archive(t, "activations.pt", ops, text("archive/data/0", "12345678")),
		"twice":       archive(t, "activations.pt", ops, whole, whole),
		"another key": archive(t, "activations.pt", ops, text("archive/data/1", "12345678")),
		"other root":  archive(t, "activations.pt", ops, text("other/data/0", bytesOf(t, ramp(6)))),
	} {
		d, _ := load(t, core.Limits{}, nil, file)
		if d == nil || d.X != nil || len(d.Info.Parts) != 1 || d.Info.Parts[0].Why == "" {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// TestBatches: a list of tensors is not put together, and that is said.
func TestBatches(t *testing.T) {
	two := tensorOps("FloatStorage", "0", 3, 2)
	d, r := load(t, core.Limits{}, nil, archive(t, "activations.pt", text("archive/data.pkl", "\x80\x02"+two+two+"\x86."), text("archive/data/0", bytesOf(t, ramp(6)))))
	if d == nil || d.X != nil || !strings.Contains(strings.Join(reasons(d), ""), "2 arrays that could be the activations") {
		t.Errorf("%+v %v", d, r.Artifacts[0].Role)
	}
}

// TestModelsAreNoData: state dicts keep the role of models.
func TestModelsAreNoData(t *testing.T) {
	dict := "\x80\x02}(" + entry("embedding", tensorOps("FloatStorage", "0", 3, 2)) + entry("fc.weight", tensorOps("FloatStorage", "1", 3, 2)) + entry("fc.bias", tensorOps("FloatStorage", "2", 3, 0)) + "u."
	one := "\x80\x02}(" + entry("fc.weight", tensorOps("FloatStorage", "1", 3, 2)) + "u."
	for _, ops := range []string{dict, one} {
		d, r := load(t, core.Limits{}, nil, archive(t, "net.pt", text("archive/data.pkl", ops)))
		if d != nil || r.Artifacts[0].Role != core.RoleModel {
			t.Errorf("role %q, dataset %+v", r.Artifacts[0].Role, d)
		}
	}
}

// TestPickledWords: labels as a list of words, and as numpy saves objects.
func TestPickledWords(t *testing.T) {
	var words strings.Builder
	for _, w := range strings.Fields("cat dog cat dog eel cat dog eel") {
		words.WriteString("X\x03\x00\x00\x00" + w)
	}
	list := "\x80\x02](" + words.String() + "e."
	object := "\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR(K\x01K\x08\x85cnumpy\ndtype\n(U\x02O8K\x00K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89](" + words.String() + "etb."
	var letters []uint32
	for _, w := range strings.Fields("cat dog cat dog eel cat dog eel") {
		letters = append(letters, uint32(w[0]), uint32(w[1]), uint32(w[2]), 0)
	}
	texts := "\x80\x03cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR(K\x01K\x08\x85cnumpy\ndtype\n(U\x02U4K\x00K\x01tR(K\x03U\x01<NNNK\x10K\x04K\x08tb\x89C\x80" + bytesOf(t, letters) + "tb."
	x := array(t, "activations.npy", "<f4", "8, 2", ramp(16))
	for name, file := range map[string]core.Source{
		"a list":         text("labels.pkl", list),
		"objects":        text("labels.pkl", object),
		"texts":          text("labels.pkl", texts),
		"objects in npy": array(t, "labels.npy", "|O", "8,", []byte(object)),
	} {
		d, _ := load(t, core.Limits{}, nil, x, file)
		if diff := cmp.Diff([]string{"cat", "dog", "eel"}, d.Classes); diff != "" {
			t.Errorf("%s: %s %v", name, diff, reasons(d))
			continue
		}
		if diff := cmp.Diff([]int{0, 1, 0, 1, 2, 0, 1, 2}, d.Labels); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for name, file := range map[string]core.Source{
		"a vocabulary":        text("vocab.pkl", list),
		"a word and a number": text("labels.pkl", strings.Replace(list, "X\x03\x00\x00\x00eel", "K\x07", 1)),
		"few":                 text("labels.pkl", "\x80\x02](X\x03\x00\x00\x00cate."),
	} {
		if d, _ := load(t, core.Limits{}, nil, x, file); d.Labels != nil {
			t.Errorf("%s is labels", name)
		}
	}
}
