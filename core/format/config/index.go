package config

import (
	"fmt"
	"strconv"

	"taster/core"
	"taster/core/jsonwalk"
)

// weightIndex is what a "model.safetensors.index.json" says: in which file each
// tensor stands, and how many bytes all of them have.
type weightIndex struct {
	tensors []core.IndexedTensor
	files   map[string]bool
	total   string // as written
}

// below says whether p is a member of the object called key at the top.
func (p *place) below(key string) bool {
	outer := p.parent
	return p.index < 0 && outer != nil && outer.key == key && outer.index < 0 && outer.parent != nil && outer.parent.parent == nil
}

// shard keeps one line of the map, and each file once as a reference.
func (r *reader) shard(tensor string, file jsonwalk.Text) error {
	at := file.Place(0)
	if len(r.index.tensors) >= r.o.Limits.Members {
		return core.AtOffset(at, fmt.Errorf("%w: more than %d tensors", core.ErrLimit, r.o.Limits.Members))
	}
	r.index.tensors = append(r.index.tensors, core.IndexedTensor{Name: tensor, File: file.Value, Offset: at})
	if r.index.files == nil {
		r.index.files = map[string]bool{}
	}
	if r.index.files[file.Value] {
		return nil
	}
	r.index.files[file.Value] = true
	return r.o.AddRef(core.Ref{Kind: core.RefShard, Name: "weights", Path: file.Value, Offset: at, Length: -1})
}

func (r *reader) totalSize() (err error) {
	r.index.total, err = r.w.Number()
	return err
}

// facts is nil for documents that have no map. Some writers give the size as
// "1.5e10"; what is no whole number of bytes counts as not said.
func (x *weightIndex) facts() *core.WeightIndex {
	if len(x.tensors) == 0 {
		return nil
	}
	total, err := strconv.ParseFloat(x.total, 64)
	if err != nil || total < 0 || total > 1<<53 || total != float64(int64(total)) {
		total = -1
	}
	return &core.WeightIndex{TotalSize: int64(total), Tensors: x.tensors}
}
