package gguf

import (
	"cmp"
	"fmt"
	"slices"

	"taster/core"
)

// entry is a tensor with its place, counted from the start of the data.
type entry struct {
	name  string
	info  int64 // offset of its description
	begin int64
	end   int64
	known bool // its length is known
}

// infos reads the descriptions of n tensors.
func (r *reader) infos(n uint64) error {
	seen := map[string]int64{}
	for range n {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		name, at, err := r.c.name("tensor's name", maxKey)
		if err != nil {
			return err
		}
		if first, again := seen[name]; again {
			if err := r.tally.Report(&ruleDuplicate, at, fmt.Sprintf("Tensor %.80q stands twice", name),
				fmt.Sprintf("The table has it at byte %d and again here.", first)); err != nil {
				return err
			}
		}
		seen[name] = at
		if err := r.info(name, at); err != nil {
			return err
		}
	}
	return r.place()
}

// info reads one description after its name.
func (r *reader) info(name string, at int64) error {
	shape, err := r.shape(name)
	if err != nil {
		return err
	}
	id, err := r.c.u32()
	if err != nil {
		return err
	}
	begin, err := r.c.u64()
	if err != nil {
		return err
	}
	if err := r.checkName(name, at, len(shape)); err != nil {
		return err
	}
	e := entry{name: name, info: at, begin: int64(begin)}
	t, ok := typeOf(id)
	if !ok {
		t.name = core.DType(fmt.Sprintf("type %d", id))
		if err := r.tally.Unread(&ruleDType, at, ruleDType.Title, fmt.Sprintf("Tensor %.80q has the type %d.", name, id)); err != nil {
			return err
		}
	}
	title, problem := e.measure(t, ok, shape)
	if problem != "" {
		if err := r.tally.Unread(&ruleLayout, at, title, fmt.Sprintf("Tensor %.80q: %s.", name, problem)); err != nil {
			return err
		}
	}
	slices.Reverse(shape) // the file has the fastest dimension first
	r.tensors = append(r.tensors, e)
	r.o.Artifact.Tensors = append(r.o.Artifact.Tensors, core.Tensor{Name: r.clip(name), DType: t.name, Shape: shape,
		BigEndian: r.c.bigEndian()})
	return nil
}

// shape reads the dimensions. More than the specification allows are read, too,
// so that the next tensor is found.
func (r *reader) shape(name string) ([]int64, error) {
	at := r.c.at
	n, err := r.c.u32()
	if err != nil {
		return nil, err
	}
	if n > 64 {
		return nil, r.c.fail(at, "tensor %.80q has %d dimensions", name, n)
	}
	shape := make([]int64, n)
	for i := range shape {
		d, err := r.c.length()
		if err != nil {
			return nil, err
		}
		shape[i] = int64(d)
	}
	return shape, nil
}

func (r *reader) checkName(name string, at int64, dims int) error {
	if len(name) > maxName {
		if err := r.tally.Report(&ruleHeader, at, "A tensor's name is too long", fmt.Sprintf("%.80q has %d bytes; %d are allowed.", name, len(name), maxName)); err != nil {
			return err
		}
	}
	if dims > maxDims {
		return r.tally.Report(&ruleHeader, at, "A tensor has too many dimensions", fmt.Sprintf("%.80q has %d; %d are allowed.", name, dims, maxDims))
	}
	return nil
}

// most is a bound of places and lengths, so that their sum can be counted.
const most = 1 << 61

// measure sets where e ends, and says what contradicts the specification.
func (e *entry) measure(t tensorType, known bool, shape []int64) (title, problem string) {
	e.end = e.begin
	if e.begin < 0 || e.begin > most {
		return "A number is out of range", fmt.Sprintf("it begins at byte %d of the data", uint64(e.begin))
	}
	for _, d := range shape {
		if d < 0 {
			return "A number is out of range", fmt.Sprintf("a dimension is %d", uint64(d))
		}
	}
	if !known {
		return "", ""
	}
	n, ok := t.span(shape)
	if !ok || n > most {
		return "Shape and type of a tensor disagree", fmt.Sprintf("shape %.100s of %s has no whole number of blocks, or more bytes than can be counted", fmt.Sprint(shape), t.name)
	}
	e.end, e.known = e.begin+n, true
	return "", ""
}

// place sets where the data begins, and the tensors that are whole.
func (r *reader) place() error {
	r.tables = r.c.at
	r.data = align(r.c.at, r.alignment)
	left := r.c.src.Size() - r.data
	for i, e := range r.tensors {
		if !e.known || e.end > left {
			continue
		}
		t := &r.o.Artifact.Tensors[i]
		t.Offset, t.Length = r.data+e.begin, e.end-e.begin
		data, err := core.Section(r.c.src, r.c.src.Name(), t.Offset, t.Length)
		if err != nil {
			return err
		}
		if t.DType.Size() > 0 {
			t.Data = data
		}
	}
	return nil
}

// align rounds n up to a multiple of a, which is a power of two.
func align(n, a int64) int64 { return (n + a - 1) &^ (a - 1) }

// maxPadding is how many bytes count as padding. A file can declare any
// alignment, and must not get room to hide something by that.
const maxPadding = 4096

// padded is where padding after n ends at the latest.
func (r *reader) padded(n int64) int64 { return align(n, min(r.alignment, maxPadding)) }

// layout checks that the tensors follow each other, each at the next multiple
// of the alignment, and end where the file does.
func (r *reader) layout() error {
	if err := r.beforeData(); err != nil {
		return err
	}
	entries := slices.DeleteFunc(slices.Clone(r.tensors), func(e entry) bool { return e.begin < 0 || e.begin > most })
	slices.SortStableFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	last := entry{known: true} // the one that reaches furthest
	for _, e := range entries {
		if err := r.between(last, e); err != nil {
			return err
		}
		if e.end > last.end || e.end == last.end && !e.known {
			last = e
		}
	}
	left := max(r.c.src.Size()-r.data, 0)
	switch {
	case last.end > left:
		return r.truncated(left)
	case last.known && r.padded(last.end) < left:
		return r.trailing(r.data + last.end)
	}
	return nil
}

// beforeData checks the padding between the tables and the first tensor.
func (r *reader) beforeData() error {
	end := min(r.data, r.c.src.Size())
	if end-r.tables <= maxPadding || len(r.tensors) == 0 {
		return nil
	}
	if err := r.tally.Report(&ruleLayout, r.tables, "A gap before the tensors",
		fmt.Sprintf("The tables end at byte %d, and by the declared alignment of %d the tensors begin at byte %d.", r.tables, r.alignment, r.data)); err != nil {
		return err
	}
	return r.nested("gap", r.tables, end-r.tables)
}

// between compares a tensor with the one before it.
func (r *reader) between(last, e entry) error {
	if e.begin%r.alignment != 0 {
		if err := r.tally.Report(&ruleLayout, e.info, "A tensor is not aligned",
			fmt.Sprintf("%.80q begins at byte %d of the data, which is no multiple of %d.", e.name, e.begin, r.alignment)); err != nil {
			return err
		}
	}
	if e.begin < last.end {
		return r.tally.Report(&ruleLayout, e.info, "Two tensors overlap",
			fmt.Sprintf("%.80q begins at byte %d of the data, before the end of %.80q at byte %d.", e.name, e.begin, last.name, last.end))
	}
	gap := e.begin - r.padded(last.end)
	if gap <= 0 || !last.known {
		return nil
	}
	err := r.tally.Report(&ruleLayout, e.info, "A gap before a tensor",
		fmt.Sprintf("%d bytes of the data from byte %d on belong to no tensor; %.80q begins after them.", gap, last.end, e.name))
	if r.gaps++; err != nil || r.gaps > maxGaps || e.begin > r.c.src.Size()-r.data {
		return err
	}
	return r.nested("gap", r.data+last.end, e.begin-last.end)
}

const maxGaps = 20 // that are scanned

// nested has bytes that no tensor covers scanned: another loader may find them.
func (r *reader) nested(what string, offset, n int64) error {
	name := fmt.Sprintf("%s@%d", what, offset)
	part, err := core.Section(r.c.src, r.c.src.Name()+"!"+name, offset, n)
	if err != nil {
		return err
	}
	return r.o.Nested(r.ctx, name, part)
}

func (r *reader) truncated(left int64) error {
	missing := 0
	for _, e := range r.tensors {
		if e.end > left {
			missing++
		}
	}
	return r.tally.Unread(&ruleTruncated, r.c.src.Size(), ruleTruncated.Title,
		fmt.Sprintf("%d of %d tensors reach beyond the last byte.", missing, len(r.tensors)))
}

func (r *reader) trailing(offset int64) error {
	n := r.c.src.Size() - offset
	if err := r.tally.Report(&ruleTrailing, offset, ruleTrailing.Title,
		fmt.Sprintf("The last tensor ends at byte %d; %d more bytes follow.", offset, n)); err != nil {
		return err
	}
	return r.nested("trailing", offset, n)
}
