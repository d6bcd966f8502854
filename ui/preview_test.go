package ui

import (
	"encoding/binary"
	"strings"
	"testing"

	"taster/core/preview"
	"taster/core/protocol"
	"taster/ui/state"
)

// previewed is dataset with a row shown, of a picture and a table.
func previewed() state.Model {
	return update(dataset(), state.RowShown{Row: 199}, state.Replied{Replies: []protocol.Reply{{ID: 1, Row: &preview.Row{Index: 199, Parts: []preview.Part{
		{Path: "rows.csv", Shape: []int64{200, 2}, Cells: []preview.Cell{{Name: "text", Value: `<b>one</b>`}, {Name: "long", Value: "two", Cut: true}}, Left: 3},
		{Path: "pixels.npy", Name: "array", Shape: []int64{200, 2, 2}, Stats: &preview.Stats{Count: 4, Max: 255, Mean: 70, Norm: 300, Other: 1}, First: []float64{0, 255},
			Image: &preview.Image{Width: 2, Height: 2, Pixels: []byte{0, 255, 7, 9}, Hi: 255}},
		{Path: "broken.npy", Why: "unexpected EOF"},
	}}}}})
}

func TestPreview(t *testing.T) {
	html := render(t, previewed())
	for _, want := range []string{"Row 199", "&lt;b&gt;one&lt;/b&gt;", "two … (cut)", "3 more cells", `src="data:image/bmp;base64,Qk`, `width="128"`,
		"2 × 2 pixels, black at 0, white at 255", "0  255  …", "Could not be read: unexpected EOF.", `data-shown="true"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if html := render(t, update(dataset(), state.RowShown{Row: 3})); !strings.Contains(html, "Reading the row…") {
		t.Error("a row on its way is not announced")
	}
}

func TestBitmap(t *testing.T) {
	for _, tt := range []struct {
		name string
		img  preview.Image
		want string // pixel rows as bytes, from the bottom
	}{
		{"grey", preview.Image{Width: 1, Height: 2, Pixels: []byte{5, 9}}, "\x09\x09\x09\x00\x05\x05\x05\x00"},
		{"colour", preview.Image{Width: 2, Height: 1, Colour: true, Pixels: []byte("rgbRGB")}, "bgrBGR\x00\x00"},
	} {
		b := bitmap(&tt.img)
		if int(binary.LittleEndian.Uint32(b[2:])) != len(b) {
			t.Errorf("%s: the header says %d bytes of %d", tt.name, binary.LittleEndian.Uint32(b[2:]), len(b))
		}
		if got := string(b[54:]); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
