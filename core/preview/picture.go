package preview

import (
	"math"

	"taster/core"
)

// Image is a picture in reading order: one byte a pixel for grey, three for
// red, green and blue.
type Image struct {
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Colour bool   `json:"colour,omitempty"`
	Pixels []byte `json:"pixels"`
	// Lo and Hi are the values that were drawn as black and white.
	Lo float64 `json:"lo"`
	Hi float64 `json:"hi"`
}

// maxSide keeps a picture small enough to send and to show.
const maxSide = 1024

// layout is how the values of a row make a picture.
type layout struct {
	width, height, channels int
	planes                  bool // channel by channel, as PyTorch keeps pictures
}

// picture is nil for a row that is none. An array says by its shape that its
// rows are pictures: N x H x W, N x H x W x C or N x C x H x W, with 1, 3 or 4
// channels. A flat row counts as a square picture when its values look like
// pixels, for activations have square lengths too.
func picture(t core.Tensor, values []float32) *Image {
	lo, hi, ok := pixelRange(values)
	if !ok {
		return nil
	}
	l, ok := layoutOf(t.Shape[1:])
	if !ok && len(t.Shape) == 2 && likePixels(t.DType, values, lo, hi) {
		l, ok = square(len(values))
	}
	if !ok || l.width*l.height*l.channels != len(values) {
		return nil
	}
	switch {
	case lo >= 0 && hi <= 1 && isFloat(t.DType):
		lo, hi = 0, 1
	case lo >= 0 && hi <= 255:
		lo, hi = 0, 255
	}
	return l.draw(values, lo, hi)
}

func isFloat(d core.DType) bool { return d == "F16" || d == "BF16" || d == "F32" || d == "F64" }

// pixelRange is false where a value is not finite.
func pixelRange(values []float32) (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		lo, hi = min(lo, float64(v)), max(hi, float64(v))
	}
	return lo, hi, len(values) > 0 && !math.IsNaN(lo) && !math.IsInf(lo, 0) && !math.IsInf(hi, 0)
}

func layoutOf(shape []int64) (layout, bool) {
	switch len(shape) {
	case 2:
		return sized(shape[1], shape[0], 1, false)
	case 3:
		if channels(shape[2]) {
			return sized(shape[1], shape[0], shape[2], false)
		}
		if channels(shape[0]) {
			return sized(shape[2], shape[1], shape[0], true)
		}
	}
	return layout{}, false
}

func channels(n int64) bool { return n == 1 || n == 3 || n == 4 }

const minSide = 4 // below this a shape is more likely something else

func sized(width, height, channels int64, planes bool) (layout, bool) {
	ok := min(width, height) >= minSide && max(width, height) <= maxSide
	return layout{int(width), int(height), int(channels), planes}, ok
}

// likePixels holds for bytes, and for values that all lie in [0, 1] or are all
// whole numbers up to 255.
func likePixels(d core.DType, values []float32, lo, hi float64) bool {
	if d == "U8" || lo >= 0 && hi <= 1 && lo < hi {
		return true
	}
	if lo < 0 || hi > 255 || lo == hi {
		return false
	}
	for _, v := range values {
		if v != float32(math.Trunc(float64(v))) {
			return false
		}
	}
	return true
}

// square is a grey picture, or one in colour, of n values.
func square(n int) (layout, bool) {
	for _, c := range []int{1, 3} {
		if side := int(math.Round(math.Sqrt(float64(n / c)))); n%c == 0 && side*side*c == n && side >= 2*minSide {
			return sized(int64(side), int64(side), int64(c), false)
		}
	}
	return layout{}, false
}

func (l layout) draw(values []float32, lo, hi float64) *Image {
	out := 1
	if l.channels >= 3 {
		out = 3 // opacity is left out
	}
	img := &Image{Width: l.width, Height: l.height, Colour: out == 3, Pixels: make([]byte, 0, l.width*l.height*out), Lo: lo, Hi: hi}
	scale := 0.0
	if hi > lo {
		scale = 255 / (hi - lo)
	}
	for p := range l.width * l.height {
		for c := range out {
			img.Pixels = append(img.Pixels, byte(math.Round((float64(values[l.at(p, c)])-lo)*scale)))
		}
	}
	return img
}

// at is where channel c of pixel p stands.
func (l layout) at(p, c int) int {
	if l.planes {
		return c*l.width*l.height + p
	}
	return p*l.channels + c
}
