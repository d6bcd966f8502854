// Package savedmodel reads TensorFlow's graphs: saved_model.pb of a SavedModel,
// frozen graphs (GraphDef), .meta files of old checkpoints (MetaGraphDef), and
// keras_metadata.pb. Field numbers are those of the .proto files under
// tensorflow/core/framework and tensorflow/core/protobuf.
//
// A graph is a program: its operations read and write files when the model is
// called, some of them when it is loaded, and a graph can hide them in the
// functions of its library. The package lists every operation, in functions as
// in the main graph, with the constants that reach it.
package savedmodel

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"taster/core"
	pb "taster/core/protowalk"
)

// Format recognises the four kinds of file by their structure.
var Format = &core.Format{
	Name:  "savedmodel",
	Title: "TensorFlow graph (SavedModel, GraphDef, Keras metadata)",
	Rules: []core.Rule{ruleText, ruleTensor},
	Match: match,
	Open:  open,
}

// The kinds of file.
const (
	kindSavedModel = "savedmodel"
	kindGraph      = "graphdef"
	kindMetaGraph  = "metagraph"
	kindKeras      = "keras-metadata"
)

const maxKeras = 16 << 20 // bytes of one Keras description

// reader is one file being read.
type reader struct {
	ctx   context.Context
	src   core.Source
	o     *core.Opener
	tally *core.Tally
	w     *pb.Walker
	ops   core.OpTable
	nodes int
	texts int64 // bytes of the texts kept
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	r := &reader{ctx: ctx, src: src, o: o, tally: core.NewTally(o), w: pb.New(src, o.Limits.Header)}
	head, err := core.Head(src, 4<<10)
	if err != nil {
		return err
	}
	if isTextGraph(head) {
		return fmt.Errorf("%w: a TensorFlow graph as text", core.ErrUnsupported)
	}
	kind := kindOf(src)
	o.Artifact.Kind = kind
	switch whole := r.w.Whole(); kind {
	case kindGraph:
		err = r.graph(whole)
	case kindMetaGraph:
		err = r.metaGraph(whole)
	case kindKeras:
		err = r.kerasMetadata(whole)
	default:
		err = r.savedModel(whole)
	}
	r.facts()
	return errors.Join(err, r.tally.Close())
}

func (r *reader) facts() {
	r.o.Artifact.Ops = r.ops.Ops
	if r.nodes > 0 {
		r.fact("nodes", strconv.Itoa(r.nodes))
		r.fact("operations", strconv.Itoa(len(r.ops.Ops)))
	}
}

func (r *reader) fact(name, value string) {
	if a := r.o.Artifact; len(a.Meta) < 100 {
		a.Meta = append(a.Meta, core.Meta{Name: name, Value: strings.ToValidUTF8(value, "\ufffd")})
	}
}

func (r *reader) text(f pb.Field) (string, error) { return r.w.Text(f, int64(r.o.Limits.TextLength)) }

// savedModel reads SavedModel: schema version, then the graphs.
func (r *reader) savedModel(f pb.Field) error {
	return r.w.Message(f, func(f pb.Field) error {
		switch f.Number {
		case 1:
			r.fact("schema version", strconv.FormatUint(f.Value, 10))
		case 2:
			return r.metaGraph(f)
		}
		return nil
	})
}

// metaGraph reads MetaGraphDef.
func (r *reader) metaGraph(f pb.Field) error {
	return r.w.Message(f, func(f pb.Field) error {
		switch f.Number {
		case 1:
			return r.metaInfo(f)
		case 2:
			return r.graph(f)
		case 6:
			return r.asset(f)
		case 7:
			return r.objects(f)
		}
		return nil
	})
}

// metaInfo reads MetaInfoDef: tags and versions.
func (r *reader) metaInfo(f pb.Field) error {
	return r.w.Message(f, func(f pb.Field) error {
		name := map[int]string{4: "tag", 5: "TensorFlow", 6: "TensorFlow revision"}[f.Number]
		if name == "" {
			return nil
		}
		s, err := r.text(f)
		r.fact(name, s)
		return err
	})
}

// asset reads AssetFileDef: the name of a file below the folder "assets".
func (r *reader) asset(f pb.Field) error {
	return r.w.Message(f, func(f pb.Field) error {
		if f.Number != 2 {
			return nil
		}
		s, err := r.text(f)
		return errors.Join(err, r.o.AddRef(core.Ref{Kind: core.RefAsset, Path: s, Offset: f.Start, Length: -1}))
	})
}

// objects reads SavedObjectGraph. Up to TensorFlow 2.4 its user objects hold
// the descriptions of Keras layers; later ones are in keras_metadata.pb.
func (r *reader) objects(f pb.Field) error {
	return r.w.Message(f, func(f pb.Field) error {
		if f.Number != 1 { // nodes
			return nil
		}
		return r.w.Message(f, func(f pb.Field) error {
			if f.Number != 4 { // user_object
				return nil
			}
			return r.described(f, 1, 3)
		})
	})
}

// kerasMetadata reads SavedMetadata.
func (r *reader) kerasMetadata(f pb.Field) error {
	return r.w.Message(f, func(f pb.Field) error {
		if f.Number != 1 {
			return nil
		}
		return r.described(f, 3, 5)
	})
}

// described reads an object of Keras: its path, if any, stands in field name,
// its description as JSON in field metadata.
func (r *reader) described(f pb.Field, name, metadata int) error {
	what := "object"
	return r.w.Message(f, func(f pb.Field) error {
		switch f.Number {
		case name:
			s, err := r.text(f)
			what = strings.ToValidUTF8(s, "\ufffd")
			return err
		case metadata:
			return r.keras(what, f)
		}
		return nil
	})
}

func (r *reader) keras(name string, f pb.Field) error {
	if f.Wire != pb.Bytes || f.Length == 0 {
		return nil
	}
	if f.Length > maxKeras || r.texts+f.Length > 4*maxKeras {
		return r.tally.Unread(&ruleText, f.Start, ruleText.Title, fmt.Sprintf("%.80q has %d bytes.", name, f.Length))
	}
	s, err := r.w.Text(f, f.Length)
	r.texts += f.Length
	a := r.o.Artifact
	a.Texts = append(a.Texts, core.Text{Name: name, Kind: core.TextKeras, Value: s, Offset: f.Start})
	return err
}
