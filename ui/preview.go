package ui

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"taster/core/preview"
	"taster/ui/state"
)

// Preview shows rows as they were dropped: the one that is looked at, and the
// one that is pinned beside it.
type Preview struct {
	M    *state.Model
	Send func(state.Msg)

	cards []card // made once for each build
}

type card struct {
	Key, Title, Class, Why string
	Pinned, Read           bool
	Parts                  []part
}

type part struct {
	Path, Shape, Why  string
	Image, Alt, Scale string
	Width             string
	Cells, Stats      []fact
	First             string
}

// BeforeBuild lays the rows out.
func (c *Preview) BeforeBuild() {
	t := &c.M.Table
	c.cards = c.cards[:0]
	if t.Pinned != nil {
		c.cards = append(c.cards, c.card(t.Pinned, true))
	}
	if t.Shown != nil && (t.Pinned == nil || t.Pinned.Row != t.Shown.Row) {
		c.cards = append(c.cards, c.card(t.Shown, false))
	}
}

func (c *Preview) card(s *state.Shown, pinned bool) card {
	out := card{Key: strconv.Itoa(s.Row), Title: "Row " + Count(s.Row), Pinned: pinned, Read: s.Got != nil}
	if k := c.M.Label(s.Row); k >= 0 {
		out.Class = "class " + c.M.ClassName(k)
	}
	if s.Got == nil {
		out.Why = "Reading the row…"
		return out
	}
	if s.Got.Why != "" {
		out.Why = "Not shown: " + s.Got.Why + "."
	}
	for _, p := range s.Got.Parts {
		out.Parts = append(out.Parts, partOf(p))
	}
	return out
}

// PinText is what the button does.
func (s card) PinText() string {
	if s.Pinned {
		return "Unpin"
	}
	return "Pin"
}

func partOf(p preview.Part) part {
	out := part{Path: p.Path, Shape: dims(p.Shape)}
	if p.Name != "" && p.Name != "array" {
		out.Path += " · " + p.Name
	}
	if p.Why != "" {
		out.Why = "Could not be read: " + p.Why + "."
	}
	for _, f := range p.Cells {
		value := f.Value
		if f.Cut {
			value += " … (cut)"
		}
		out.Cells = append(out.Cells, fact{Name: f.Name, Value: value})
	}
	if p.Left > 0 {
		out.Cells = append(out.Cells, fact{Name: "and", Value: plural(p.Left, "more cell")})
	}
	out.figures(p)
	if p.Image != nil {
		out.picture(p.Image)
	}
	return out
}

func (p *part) figures(from preview.Part) {
	s := from.Stats
	if s == nil {
		return
	}
	var first []string
	for _, v := range from.First {
		first = append(first, Number(v))
	}
	if n := s.Count + s.Other; len(first) > 0 && n > len(first) {
		first = append(first, "…")
	}
	p.First = strings.Join(first, "  ")
	if s.Count > 1 {
		p.Stats = []fact{{Name: "min", Value: Number(s.Min)}, {Name: "mean", Value: Number(s.Mean)}, {Name: "max", Value: Number(s.Max)}, {Name: "norm", Value: Number(s.Norm)}}
	}
	if s.Other > 0 {
		p.Stats = append(p.Stats, fact{Name: "NaN or infinite", Value: Count(s.Other)})
	}
}

// pictureSide is about how many CSS pixels wide small pictures are drawn.
const pictureSide = 128

func (p *part) picture(img *preview.Image) {
	size := strconv.Itoa(img.Width) + " × " + strconv.Itoa(img.Height)
	p.Image = "data:image/bmp;base64," + base64.StdEncoding.EncodeToString(bitmap(img))
	p.Width = strconv.Itoa(img.Width * max(1, pictureSide/max(img.Width, img.Height)))
	p.Alt = "The row as a picture of " + size + " pixels"
	p.Scale = size + " pixels, black at " + Number(img.Lo) + ", white at " + Number(img.Hi)
}

// bitmap writes an image as a Windows bitmap of 24 bits a pixel: every browser
// shows it, and it needs no encoder. Rows go from the bottom up, pixels are
// blue, green, red, and a row is filled up to four bytes.
func bitmap(img *preview.Image) []byte {
	const head = 54
	stride := (3*img.Width + 3) / 4 * 4
	out := make([]byte, head+stride*img.Height)
	le := binary.LittleEndian
	copy(out, "BM")
	le.PutUint32(out[2:], uint32(len(out)))
	le.PutUint32(out[10:], head)
	le.PutUint32(out[14:], 40) // bytes of the second header
	le.PutUint32(out[18:], uint32(img.Width))
	le.PutUint32(out[22:], uint32(img.Height))
	le.PutUint16(out[26:], 1)  // plane
	le.PutUint16(out[28:], 24) // bits a pixel
	for y := range img.Height {
		line := out[head+(img.Height-1-y)*stride:]
		for x := range img.Width {
			at := y*img.Width + x
			if img.Colour {
				line[3*x], line[3*x+1], line[3*x+2] = img.Pixels[3*at+2], img.Pixels[3*at+1], img.Pixels[3*at]
				continue
			}
			line[3*x], line[3*x+1], line[3*x+2] = img.Pixels[at], img.Pixels[at], img.Pixels[at]
		}
	}
	return out
}

// Pin keeps the row that is shown, or lets a pinned one go.
func (c *Preview) Pin(s card) { c.Send(state.RowPinned{Keep: !s.Pinned}) }

// Hide closes the row that is shown.
func (c *Preview) Hide() { c.Send(state.RowHidden{}) }
