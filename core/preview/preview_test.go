package preview

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"taster/core"
)

func floats(name string, shape []int64, values ...float32) *core.Artifact {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return &core.Artifact{File: name, Tensors: []core.Tensor{{Name: "array", DType: "F32", Shape: shape, Data: core.Bytes(name, b)}}}
}

func octets(name string, shape []int64, values ...byte) *core.Artifact {
	return &core.Artifact{File: name, Tensors: []core.Tensor{{Name: "array", DType: "U8", Shape: shape, Data: core.Bytes(name, values)}}}
}

func table(name string, columns string, rows ...string) *core.Artifact {
	t := &core.Table{Rows: int64(len(rows))}
	for _, c := range strings.Split(columns, "|") {
		t.Columns = append(t.Columns, core.Column{Name: c})
	}
	t.Scan = func(_ context.Context, yield func(int64, []string) error) error {
		for i, r := range rows {
			if err := yield(int64(i), strings.Split(r, "|")); err != nil {
				return err
			}
		}
		return nil
	}
	return &core.Artifact{File: name, Table: t}
}

func of(t *testing.T, n, i int, artifacts ...*core.Artifact) Row {
	t.Helper()
	row, err := Of(t.Context(), Aligned(artifacts, n), n, i)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func TestOf(t *testing.T) {
	nan := float32(math.NaN())
	long := strings.Repeat("é", maxText)
	for _, tt := range []struct {
		name string
		in   *core.Artifact
		row  int
		want Part
	}{
		{"cells", table("t.csv", "text|y", "one|1", "two|2"), 1,
			Part{Path: "t.csv", Shape: []int64{2, 2}, Cells: []Cell{{"text", "two", false}, {"y", "2", false}}}},
		{"a row with more fields than there are columns", table("t.csv", "a", "1|2", "3"), 0,
			Part{Path: "t.csv", Shape: []int64{2, 1}, Cells: []Cell{{"a", "1", false}, {"", "2", false}}}},
		{"a long text is cut between letters", table("t.csv", "a", "x"+long, ""), 0,
			Part{Path: "t.csv", Shape: []int64{2, 1}, Cells: []Cell{{"a", "x" + long[:maxText-2], true}}}},
		{"many cells", table("t.csv", "a", strings.Repeat("1|", maxCells)+"2", ""), 0,
			Part{Path: "t.csv", Shape: []int64{2, 1}, Left: 1}},
		{"figures", floats("x.npy", []int64{2, 2}, 0, 0, 3, -4), 1,
			Part{Path: "x.npy", Name: "array", Shape: []int64{2, 2}, Stats: &Stats{Count: 2, Min: -4, Max: 3, Mean: -0.5, Norm: 5}, First: []float64{3, -4}}},
		{"NaN", floats("x.npy", []int64{2, 2}, nan, 2, nan, nan), 0,
			Part{Path: "x.npy", Name: "array", Shape: []int64{2, 2}, Stats: &Stats{Count: 1, Min: 2, Max: 2, Mean: 2, Norm: 2, Other: 1}, First: []float64{2}}},
		{"nothing but NaN", floats("x.npy", []int64{2, 2}, nan, 2, nan, nan), 1,
			Part{Path: "x.npy", Name: "array", Shape: []int64{2, 2}, Stats: &Stats{Other: 2}}},
		{"a vector", octets("y.npy", []int64{2}, 7, 9), 1,
			Part{Path: "y.npy", Name: "array", Shape: []int64{2}, Stats: &Stats{Count: 1, Min: 9, Max: 9, Mean: 9, Norm: 9}, First: []float64{9}}},
	} {
		got := of(t, 2, tt.row, tt.in)
		ignore := cmpopts.IgnoreFields(Part{}, "Cells")
		if tt.want.Left == 0 {
			ignore = cmp.Options{}
		} else if len(got.Parts) == 1 && len(got.Parts[0].Cells) != maxCells {
			t.Errorf("%s: %d cells", tt.name, len(got.Parts[0].Cells))
		}
		if d := cmp.Diff([]Part{tt.want}, got.Parts, ignore); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

func TestAligned(t *testing.T) {
	trusted := floats("trusted.npy", []int64{2, 1}, 1, 2)
	trusted.Role = core.RoleReference
	header := &core.Artifact{File: "header.npy", Tensors: []core.Tensor{{DType: "F32", Shape: []int64{2, 2}}}}
	box := &core.Artifact{File: "x.npz", Members: []*core.Artifact{octets("x.npz", []int64{2, 4, 4}, make([]byte, 32)...)}}
	box.Members[0].Member = "images.npy"
	var got []string
	for _, a := range Aligned([]*core.Artifact{octets("y.npy", []int64{2}, 1, 2), trusted, header, floats("other.npy", []int64{3}, 1, 2, 3), box, table("t.csv", "a", "1", "2"),
		{File: "nothing"}, {File: "scalar", Tensors: []core.Tensor{{DType: "U8", Data: core.Bytes("s", []byte{1})}}}}, 2) {
		got = append(got, a.Path())
	}
	if d := cmp.Diff([]string{"t.csv", "x.npz!images.npy", "y.npy"}, got); d != "" {
		t.Error(d)
	}
}

func TestPicture(t *testing.T) {
	ramp := func(n int, step float32) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = float32(i) * step
		}
		return out
	}
	bytes := func(n int) []byte {
		out := make([]byte, n)
		for i := range out {
			out[i] = byte(i)
		}
		return out
	}
	signed := ramp(16, 1)
	signed[0] = -5
	for _, tt := range []struct {
		name   string
		in     *core.Artifact
		w, h   int // 0: no picture
		colour bool
		first  []byte
		lo, hi float64
	}{
		{"bytes", octets("a", []int64{1, 4, 5}, bytes(20)...), 5, 4, false, []byte{0, 1, 2}, 0, 255},
		{"channels last", octets("a", []int64{1, 4, 5, 3}, bytes(60)...), 5, 4, true, []byte{0, 1, 2, 3}, 0, 255},
		{"channels first", octets("a", []int64{1, 3, 4, 5}, bytes(60)...), 5, 4, true, []byte{0, 20, 40, 1}, 0, 255},
		{"opacity is left out", octets("a", []int64{1, 4, 4, 4}, bytes(64)...), 4, 4, true, []byte{0, 1, 2, 4}, 0, 255},
		{"grey with a channel", octets("a", []int64{1, 1, 4, 5}, bytes(20)...), 5, 4, false, []byte{0, 1}, 0, 255},
		{"shares", floats("a", []int64{1, 4, 4}, ramp(16, 1.0/15)...), 4, 4, false, []byte{0, 17, 34}, 0, 1},
		{"any numbers", floats("a", []int64{1, 4, 4}, signed...), 4, 4, false, []byte{0, 77}, -5, 15},
		{"flat bytes", octets("a", []int64{1, 64}, bytes(64)...), 8, 8, false, []byte{0, 1}, 0, 255},
		{"flat colours", octets("a", []int64{1, 192}, bytes(192)...), 8, 8, true, []byte{0, 1}, 0, 255},
		{"flat shares", floats("a", []int64{1, 64}, ramp(64, 1.0/63)...), 8, 8, false, []byte{0, 4}, 0, 1},
		{"activations", floats("a", []int64{1, 64}, ramp(64, 0.37)...), 0, 0, false, nil, 0, 0},
		{"too short a side", octets("a", []int64{1, 2, 8}, bytes(16)...), 0, 0, false, nil, 0, 0},
		{"not square", octets("a", []int64{1, 65}, bytes(65)...), 0, 0, false, nil, 0, 0},
		{"too large a side", octets("a", []int64{1, 4, maxSide + 1}, make([]byte, 4*(maxSide+1))...), 0, 0, false, nil, 0, 0},
		{"NaN", floats("a", []int64{1, 4, 4}, append(ramp(15, 1), float32(math.NaN()))...), 0, 0, false, nil, 0, 0},
		{"one colour", floats("a", []int64{1, 4, 4}, make([]float32, 16)...), 4, 4, false, []byte{0, 0}, 0, 1},
	} {
		img := of(t, 1, 0, tt.in).Parts[0].Image
		if tt.w == 0 {
			if img != nil {
				t.Errorf("%s: a picture of %d x %d", tt.name, img.Width, img.Height)
			}
			continue
		}
		if img == nil {
			t.Errorf("%s: no picture", tt.name)
			continue
		}
		want := &Image{Width: tt.w, Height: tt.h, Colour: tt.colour, Pixels: tt.first, Lo: tt.lo, Hi: tt.hi}
		if n := tt.w * tt.h * map[bool]int{true: 3, false: 1}[tt.colour]; len(img.Pixels) != n {
			t.Errorf("%s: %d bytes, want %d", tt.name, len(img.Pixels), n)
		}
		img.Pixels = img.Pixels[:len(tt.first)]
		if d := cmp.Diff(want, img); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

func TestWhy(t *testing.T) {
	short := table("t.csv", "a", "1")
	short.Table.Rows = 2
	broken := table("u.csv", "a", "1", "2")
	broken.Table.Scan = func(context.Context, func(int64, []string) error) error { return errors.New("a line without end") }
	lying := octets("x.npy", []int64{2, 8}, 1, 2)
	row := of(t, 2, 1, short, broken, lying)
	var why []string
	for _, p := range row.Parts {
		why = append(why, p.Why)
	}
	want := []string{"the table ends before this row", "a line without end", `malformed: "array" of shape [2 8] and type U8 does not fill its 2 bytes`}
	if d := cmp.Diff(want, why); d != "" {
		t.Error(d)
	}
	for _, tt := range []struct {
		row  int
		want string
	}{{2, "there is no such row"}, {-1, "there is no such row"}, {0, "no file holds one row for each row of the dataset"}} {
		if got := of(t, 2, tt.row); got.Why != tt.want {
			t.Errorf("row %d: %q", tt.row, got.Why)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Of(stopped, []*core.Artifact{octets("x.npy", []int64{1}, 1)}, 1, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
