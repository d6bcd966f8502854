package torch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"taster/core"
)

// storages sums up the members that are raw numbers, and finds them again.
type storages struct {
	count, bytes int64
	whole        map[string]*entry // by name; nil: it stands twice, or is not as it is in memory
}

func (s *storages) add(e *entry) {
	s.count++
	if e.data != 0 {
		s.bytes += e.packed // lies within the file
	}
	name := e.name
	if _, again := s.whole[name]; again || e.data == 0 || e.method != methodStored || e.encrypted() || e.size != e.packed {
		e = nil
	}
	s.whole[name] = e
}

func (s *storages) facts() []core.Meta {
	if s.count == 0 {
		return nil
	}
	return []core.Meta{{Name: "tensor storages", Value: strconv.FormatInt(s.count, 10)},
		{Name: "tensor bytes", Value: strconv.FormatInt(s.bytes, 10)}}
}

// link gives the tensors of the pickles their bytes: the pickle of root names
// a storage, which is the member root/data/key. It reports the first tensor
// whose bytes are not there.
func (a *reader) link(s *storages) error {
	if err := a.claimed(s); err != nil {
		return err
	}
	var short []*core.Tensor
	big := slices.Contains(a.o.Artifact.Meta, core.Meta{Name: "byteorder", Value: "big"})
	for _, m := range a.o.Artifact.Members {
		root, ok := strings.CutSuffix(m.Member[strings.LastIndexByte(m.Member, '!')+1:], "/data.pkl")
		if !ok {
			continue
		}
		for i := range m.Tensors {
			t := &m.Tensors[i]
			if t.Data != nil || t.Storage == nil {
				continue
			}
			e, found := s.whole[root+"/data/"+t.Storage.Key]
			if e != nil {
				t.Data = a.part(e, t)
				t.BigEndian = big
			}
			if !found || e != nil && t.Data == nil {
				short = append(short, t)
			}
		}
	}
	if len(short) == 0 {
		return nil
	}
	t := short[0]
	return a.tally.Unread(&ruleStorage, 0, fmt.Sprintf("Tensor %.80q has no bytes", t.Name),
		fmt.Sprintf("%d tensors take bytes that their storage does not have, or that is not in the archive; the first takes %d bytes from byte %d of the storage %.40q.",
			len(short), t.Length, t.Storage.Offset, t.Storage.Key))
}

// claimed compares the storages that pickles name with the members that hold
// them.
func (a *reader) claimed(s *storages) error {
	for _, m := range a.o.Artifact.Members {
		path := m.Member[strings.LastIndexByte(m.Member, '!')+1:]
		root, checkpoint := strings.CutSuffix(path, "/data.pkl")
		outer, _, _ := strings.Cut(path, "/")
		for _, st := range m.Storages {
			e := s.whole[outer+"/.data/"+st.Key+".storage"]
			if checkpoint {
				e = s.whole[root+"/data/"+st.Key]
			}
			if e == nil || st.Length <= e.packed {
				continue
			}
			if err := a.tally.Report(&ruleStorage, e.header, fmt.Sprintf("Storage %.40q is shorter than its pickle says", st.Key),
				fmt.Sprintf("The pickle says %d bytes, and the member has %d: tensors of it reach beyond its end.", st.Length, e.packed)); err != nil {
				return err
			}
		}
	}
	return nil
}

// part is the bytes of t in e, or nil when they do not lie in it.
func (a *reader) part(e *entry, t *core.Tensor) core.Source {
	storage, err := core.Section(a.src, a.src.Name(), e.data, e.packed)
	if err != nil {
		return nil
	}
	part, err := core.Section(storage, storage.Name(), t.Storage.Offset, t.Length)
	if err != nil {
		return nil
	}
	return part
}
