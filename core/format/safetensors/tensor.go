package safetensors

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"taster/core"
)

// tensor reads one entry of the header and checks it by itself.
func (r *reader) tensor(w *walker, name string, at int64) error {
	if len(r.o.Artifact.Tensors) >= r.o.Limits.Members {
		return core.AtOffset(at, fmt.Errorf("%w: safetensors: more than %d tensors", core.ErrLimit, r.o.Limits.Members))
	}
	var f fields
	if err := r.fields(w, &f); err != nil {
		return err
	}
	t := core.Tensor{Name: r.clip(name), DType: core.DType(r.clip(f.dtype)), Shape: f.shape}
	title, problem := f.problem()
	if f.placed() {
		e := entry{name: name, key: at, begin: f.offsets[0], end: f.offsets[1]}
		r.entries = append(r.entries, e)
		r.place(&t, e, problem == "")
	}
	r.o.Artifact.Tensors = append(r.o.Artifact.Tensors, t)
	switch {
	case problem == "":
		return nil
	case title == ruleDType.Title:
		return r.tally.Unread(&ruleDType, at, title, fmt.Sprintf("Tensor %.80q: %s.", name, problem))
	}
	return r.tally.Unread(&ruleLayout, at, title, fmt.Sprintf("Tensor %.80q: %s.", name, problem))
}

// place sets where t lies, and its data when all of it is in the file.
func (r *reader) place(t *core.Tensor, e entry, whole bool) {
	left := r.src.Size() - r.data
	if e.end > left {
		return
	}
	t.Offset, t.Length = r.data+e.begin, e.end-e.begin
	if !whole {
		return
	}
	if data, err := core.Section(r.src, r.src.Name(), t.Offset, t.Length); err == nil {
		t.Data = data
	}
}

// fields are those of one entry, as far as they were there.
type fields struct {
	dtype    string
	hasDType bool
	shape    []int64
	offsets  []int64
	bad      string // first integer that is none, and where
}

func (r *reader) fields(w *walker, f *fields) error {
	seen := map[string]int64{}
	return w.object(func(key string, at int64) (err error) {
		if err := r.once(seen, key, at, "The tensor"); err != nil {
			return err
		}
		bad := ""
		switch key {
		case "dtype":
			f.dtype, f.hasDType, err = w.skip()
		case "shape":
			f.shape, bad, err = w.integers()
		case "data_offsets":
			f.offsets, bad, err = w.integers()
		default:
			if _, _, err := w.skip(); err != nil {
				return err
			}
			return r.tally.Report(&ruleHeader, at, fmt.Sprintf("Unknown field %.80q", key),
				"The specification knows dtype, shape and data_offsets.")
		}
		if bad != "" && f.bad == "" {
			f.bad = fmt.Sprintf("%s in %s is not an integer from 0 to 2^63-1", bad, key)
		}
		return err
	})
}

// placed says whether the entry says where its bytes are.
func (f *fields) placed() bool {
	return f.bad == "" && len(f.offsets) == 2 && f.offsets[0] <= f.offsets[1]
}

// problem is what contradicts the specification in the entry alone, or "".
func (f *fields) problem() (title, problem string) {
	switch {
	case !f.hasDType || f.shape == nil && f.bad == "" || len(f.offsets) != 2:
		return "A tensor is not described fully", "dtype, shape or data_offsets is missing or of the wrong kind"
	case f.bad != "":
		return "A number is out of range", f.bad
	case f.offsets[0] > f.offsets[1]:
		return "A tensor ends before it begins", fmt.Sprintf("data_offsets [%d, %d]", f.offsets[0], f.offsets[1])
	}
	width := bitsOf(f.dtype)
	if width == 0 {
		return ruleDType.Title, fmt.Sprintf("dtype %.40q is not in the specification", f.dtype)
	}
	length, ok := span(f.shape, width)
	if !ok || length != f.offsets[1]-f.offsets[0] {
		return "Shape and bytes of a tensor disagree", fmt.Sprintf("shape %.100s of %s does not fill the %d bytes of data_offsets",
			fmt.Sprint(f.shape), f.dtype, f.offsets[1]-f.offsets[0])
	}
	return "", ""
}

// layout checks that the tensors cover the data without gap or overlap.
func (r *reader) layout(ctx context.Context) error {
	slices.SortStableFunc(r.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	var last entry // the one that reaches furthest
	for _, e := range r.entries {
		if err := r.between(ctx, last, e); err != nil {
			return err
		}
		if e.end > last.end {
			last = e
		}
	}
	left := r.src.Size() - r.data
	if last.end > left {
		return r.truncated(left)
	}
	if last.end < left {
		return r.trailing(ctx, r.data+last.end)
	}
	return nil
}

// between compares a tensor with the one before it. Like the reference it
// accepts neither a gap nor an empty tensor inside another one.
func (r *reader) between(ctx context.Context, last, e entry) error {
	if e.begin == last.end {
		return nil
	}
	if e.begin < last.end {
		return r.tally.Report(&ruleLayout, e.key, "Two tensors overlap",
			fmt.Sprintf("%.80q begins at byte %d, before the end of %.80q at byte %d.", e.name, r.at(e.begin), last.name, r.at(last.end)))
	}
	err := r.tally.Report(&ruleLayout, e.key, "A gap before a tensor",
		fmt.Sprintf("%d bytes from byte %d on belong to no tensor; %.80q begins after them.", e.begin-last.end, r.at(last.end), e.name))
	if r.gaps++; err != nil || r.gaps > maxGaps || e.begin > r.src.Size()-r.data {
		return err
	}
	return r.nested(ctx, "gap", r.data+last.end, e.begin-last.end)
}

// nested has bytes that no tensor covers scanned: another loader may find them.
func (r *reader) nested(ctx context.Context, what string, offset, n int64) error {
	name := fmt.Sprintf("%s@%d", what, offset)
	part, err := core.Section(r.src, r.src.Name()+"!"+name, offset, n)
	if err != nil {
		return err
	}
	return r.o.Nested(ctx, name, part)
}

// at is where a data offset lies in the file. The sum may not fit int64.
func (r *reader) at(offset int64) uint64 { return uint64(r.data) + uint64(offset) }

func (r *reader) truncated(left int64) error {
	missing := 0
	for _, e := range r.entries {
		if e.end > left {
			missing++
		}
	}
	title := "Tensors beyond the end of the file are missing"
	if left == 0 {
		title = "Only the header is here"
	}
	return r.tally.Unread(&ruleTruncated, r.src.Size(), title,
		fmt.Sprintf("%d of %d tensors reach beyond the last byte.", missing, len(r.entries)))
}

func (r *reader) trailing(ctx context.Context, offset int64) error {
	n := r.src.Size() - offset
	if err := r.tally.Report(&ruleTrailing, offset, ruleTrailing.Title,
		fmt.Sprintf("The last tensor ends at byte %d; %d more bytes follow.", offset, n)); err != nil {
		return err
	}
	return r.nested(ctx, "trailing", offset, n)
}
