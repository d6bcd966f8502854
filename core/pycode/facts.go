package pycode

import (
	"slices"
	"strings"

	"taster/core"
)

// does says in the words of core what the second column of calls.txt says.
var does = map[string]string{"model": core.DoesModel, "timm": core.DoesModel, "tfhub": core.DoesModel, "dataset": core.DoesDataset, "metric": core.DoesDataset, "hubcode": core.DoesHubCode,
	"unpickle": core.DoesUnpickle, "torchload": core.DoesTorchLoad, "arrayload": core.DoesArrayLoad, "yamlload": core.DoesYAMLLoad, "yamlunsafe": core.DoesYAMLUnsafe,
	"kerasload": core.DoesKerasLoad, "kerasunsafe": core.DoesKerasUnsafe, "execute": core.DoesExecute, "unmarshal": core.DoesUnmarshal, "importfile": core.DoesImportFile,
	"shell": core.DoesShell, "process": core.DoesProcess, "fetch": core.DoesFetch, "fetchdocument": core.DoesFetchDocument, "connect": core.DoesConnect, "download": core.DoesDownload,
	"decode": core.DoesDecode, "native": core.DoesNative, "store": core.DoesStore, "setenv": core.DoesSetting, "read": core.DoesReadFile, "given": core.DoesGiven,
	"environment": core.DoesEnvironment}

func doing(word string) string { return does[word] }

// ordinary is what nearly every program does; such calls matter only for where
// values come from.
var ordinary = []string{core.DoesReadFile, core.DoesGiven, core.DoesEnvironment, ""}

// switches are keywords that make a call worth keeping whatever it calls.
var switches = []string{"trust_remote_code", "weights_only", "allow_pickle", "safe_mode", "enable_unsafe_deserialization", "allow_dangerous_deserialization"}

// facts turns what was read into facts of each part.
func (r *reader) facts(parts []Part) ([]Facts, error) {
	out := make([]Facts, len(parts))
	starts := make([][]int, len(parts))
	for i, p := range parts {
		out[i].Program = &core.Program{Language: "python", Lines: r.lines[i], Allows: slices.Contains(r.allows, true)}
		starts[i] = lineStarts(p.Text)
	}
	slices.SortStableFunc(r.sites, func(a, b site) int {
		if a.part != b.part {
			return a.part - b.part
		}
		return nameAt(a.node) - nameAt(b.node)
	})
	for n, s := range r.sites {
		if n%1024 == 0 && r.ctx.Err() != nil {
			return nil, r.ctx.Err()
		}
		r.site(&out[s.part], s, parts[s.part].Text, starts[s.part])
	}
	for _, s := range r.sets {
		r.set(&out[s.part], s, parts[s.part].Text, starts[s.part])
	}
	if len(r.sites) == maxSites {
		out[len(out)-1].Program.Dropped++
	}
	return out, nil
}

// nameAt is the offset of what is called: of a.b in a.b(...).
func nameAt(n *node) int { return n.x.at }

// site adds the call at s to the facts of its part when it reaches out.
func (r *reader) site(f *Facts, s site, text string, starts []int) {
	path := r.names.path(s.node.x, r.table)
	e, known := r.table.find(path)
	if e.does == "setup" {
		r.requirements(f, s.node, starts)
		return
	}
	what := doing(e.does)
	if !known && hasSwitch(s.node) {
		what = core.DoesSwitch
	}
	if slices.Contains(ordinary, what) {
		return
	}
	c := core.CodeCall{Does: what, Name: clip(strings.ReplaceAll(path, "?.", "."), 120), Text: written(text, s.node), Offset: int64(nameAt(s.node)),
		Line: lineOf(starts, nameAt(s.node)), When: s.when, Within: clip(s.within, 80), Args: r.arguments(s.node, text)}
	if what == core.DoesSwitch && !slices.ContainsFunc(c.Args, func(a core.CodeArg) bool { return slices.Contains(switches, a.Name) }) {
		return
	}
	if what == core.DoesArrayLoad && !strings.Contains(strings.ToLower(c.Text), "allow_pickle") && c.Arg(-1, "allow_pickle") == nil {
		return // the usual way, which reads no objects
	}
	if len(f.Program.Calls) >= maxCalls {
		f.Program.Dropped++
		return
	}
	f.Program.Calls = append(f.Program.Calls, c)
	r.use(f, &c, e)
}

func hasSwitch(n *node) bool {
	return slices.ContainsFunc(n.args, func(a arg) bool {
		return slices.Contains(switches, a.name) || a.name == "**" && a.value.kind == nameNode
	})
}

// use adds what a call loads.
func (r *reader) use(f *Facts, c *core.CodeCall, e entry) {
	kind := ""
	switch e.does {
	case "model":
		kind = core.UseModel
	case "dataset":
		kind = core.UseDataset
	case "hubcode":
		kind = core.UseSource
	default:
		return
	}
	var a *core.CodeArg
	for _, key := range e.keys {
		if a == nil {
			a = c.Arg(-1, key)
		}
	}
	if a == nil && e.at >= 0 {
		a = c.Arg(e.at, "")
	}
	if a == nil || len(f.Uses) >= maxCalls {
		return // a default of the library, or built by a method of another class
	}
	u := core.Use{Kind: kind, By: c.Name, Offset: c.Offset, Line: c.Line}
	if a.Kind == core.ArgText {
		u.Name = strings.TrimPrefix(strings.TrimPrefix(a.Value, "hf-hub:"), "hf_hub:")
	}
	for _, key := range []string{"revision", "code_revision", "commit_hash"} {
		if rev := c.Arg(-1, key); rev != nil && rev.Kind == core.ArgText && u.Version == "" {
			u.Version, u.Pinned = rev.Value, core.IsCommit(rev.Value)
		}
	}
	if u.Name == "" && a.Kind == core.ArgWord {
		return // None
	}
	if kind == core.UseSource && u.Name != "" {
		name, ref, _ := strings.Cut(u.Name, ":")
		u.Name, u.Version, u.Pinned = name, ref, core.IsCommit(ref)
	}
	f.Uses = append(f.Uses, u)
}

// set adds os.environ["name"] = value.
func (r *reader) set(f *Facts, s setting, text string, starts []int) {
	key, ok := fixedText(s.node.args, 0)
	if !ok || r.names.path(s.node.x, r.table) != "os.environ" || len(f.Program.Calls) >= maxCalls {
		return
	}
	f.Program.Calls = append(f.Program.Calls, core.CodeCall{Does: core.DoesSetting, Name: "os.environ", Text: clip(written(text, s.node)+" = "+written(text, s.value), maxText),
		Offset: int64(s.node.at), Line: lineOf(starts, s.node.at), When: s.when, Within: s.within,
		Args: []core.CodeArg{{Kind: core.ArgText, Value: clip(key, maxText)}, r.value(s.value, text)}})
}
