// Package torchscript lists the operations that the code of a TorchScript
// archive calls. The code looks like Python and is a language of its own,
// without imports; but some of its operations read and write files or call
// other computers. The operations are facts, judged by detectors.
//
// References: torch/csrc/jit/serialization/python_print.cpp; schemas of
// PyTorch 1.13 and 2.
package torchscript

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"taster/core"
)

// Domain is the set of the operations in the facts.
const Domain = "torchscript"

// Format recognises the members below code/__torch__ of an archive, and
// other Python by what only TorchScript has.
var Format = &core.Format{
	Name:  "torchscript",
	Title: "code of TorchScript",
	Text:  true,
	Match: match,
	Open:  open,
}

func match(head []byte, src core.Source) string {
	name := src.Name()
	if !strings.HasSuffix(name, ".py") || bytes.IndexByte(head, 0) >= 0 || !utf8.Valid(head[:max(0, len(head)-utf8.UTFMax)]) {
		return ""
	}
	if strings.Contains(name, "code/__torch__") || bytes.Contains(head, []byte("  __parameters__ = [")) {
		return "TorchScript code"
	}
	return ""
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	text, err := core.ReadAll(src, o.Limits.Header)
	if err != nil {
		return fmt.Errorf("TorchScript: %w", err)
	}
	var ops core.OpTable
	graph := "main graph"
	at := 0
	for line := range bytes.Lines(text) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if name, found := strings.CutPrefix(strings.TrimLeft(string(line[:min(len(line), 200)]), " "), "def "); found {
			name, _, _ = strings.Cut(name, "(")
			graph = "function " + name
		}
		if err := calls(&ops, line, graph, at); err != nil {
			return err
		}
		at += len(line)
	}
	o.Artifact.Ops = ops.Ops
	return nil
}

// calls counts the operations of a line that begins at byte at: torch.name( of
// the set aten, and ops.set.name( of all sets.
func calls(ops *core.OpTable, line []byte, graph string, at int) error {
	for i := 0; i < len(line); {
		if !isName(line[i]) || line[i] == '.' {
			i++
			continue
		}
		end := i
		for end < len(line) && isName(line[end]) {
			end++
		}
		name := operation(string(line[i:min(end, i+200)]))
		start := i
		i = end
		if name == "" || end == len(line) || line[end] != '(' {
			continue
		}
		op, keep, err := ops.Count(Domain, name)
		if err != nil {
			return core.AtOffset(int64(at+start), err)
		}
		if keep {
			n := core.Node{Name: name, Graph: graph, Offset: int64(at + start), Attrs: []core.Meta{{Name: pathAttr, Value: firstText(line[end:])}}}
			ops.Ops[op].Nodes = append(ops.Ops[op].Nodes, n)
		}
	}
	return nil
}

// pathAttr is the attribute with the first text among the arguments on the
// line: where an operation takes a path, this is it.
const pathAttr = "text"

// firstText is the first text in quotes, as it is written.
func firstText(line []byte) string {
	i := bytes.IndexAny(line, `"'`)
	if i < 0 {
		return ""
	}
	text := line[i+1:]
	if j := bytes.IndexByte(text, line[i]); j >= 0 {
		text = text[:j]
	}
	return string(text[:min(len(text), 500)])
}

func isName(c byte) bool {
	return c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// operation is "set::name" of a dotted path; "" when it is none.
func operation(path string) string {
	if name, found := strings.CutPrefix(path, "torch."); found && !strings.Contains(name, ".") {
		return "aten::" + name
	}
	set, name, found := strings.Cut(strings.TrimPrefix(path, "ops."), ".")
	if !strings.HasPrefix(path, "ops.") || !found {
		return ""
	}
	return set + "::" + name
}
