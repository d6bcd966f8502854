package documents

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"taster/core"
	"taster/core/records"
)

// Subject is texts for retrieval: files of prose together, and each store of
// texts by itself.
var Subject = &core.Subject{
	Name:  "documents",
	Title: "Documents",
	Unit:  "documents",
	Parts: []core.Part{
		{Role: core.RoleDocuments, Title: "Documents", Help: "Texts that an assistant may be given to read: files, or the rows of a store."},
		{Role: core.RoleQueries, Title: "Questions of users", Help: "What users ask of the store, one on each line or row: copies of them at the start of documents are looked for."},
		{Role: core.RoleHosts, Title: "Allowed hosts", Help: "Hosts that documents may come from, one on each line; one that starts with a dot stands for those below it."},
	},
	Rules:   []core.Rule{RuleUnread},
	Suggest: suggest,
	Sets:    sets,
	Load:    load,
}

// RuleUnread is for what was not looked at.
var RuleUnread = core.Rule{ID: "DOC-UNREAD", Title: "A part of the documents was not looked at", Severity: core.Medium,
	Matters: "An order to a reader's assistant can stand anywhere in a text, and a part that no check has read may hold one.",
	Benign:  "A book in one file, or rows that a program wrote in another form.",
	Do:      "Divide long texts, and mend the rows that could not be read.",
	Refs:    []string{"AML.T0070", "LLM08:2025"}}

// suggest takes texts for documents. Tables whose rows are texts are found by
// sets, whatever role they have: their rows may be read in other ways, too.
func suggest(artifacts []*core.Artifact) map[string]core.Role {
	out := map[string]core.Role{}
	for _, a := range artifacts {
		a.Walk(func(m *core.Artifact) {
			name := strings.ToLower(path.Base(m.Path()))
			switch {
			case strings.HasPrefix(name, "queries."):
				out[m.Path()] = core.RoleQueries
			case strings.Contains(name, "host") && strings.Contains(name, "allow"):
				out[m.Path()] = core.RoleHosts
			case m.Raw != nil:
				out[m.Path()] = core.RoleDocuments
			}
		})
	}
	return out
}

// isStore says whether the first rows of a are texts alone.
func isStore(a *core.Artifact) bool {
	if a.Records == nil {
		return false
	}
	part := *a
	part.Records = func(ctx context.Context, yield func(core.RawRecord) error) error {
		n := 0
		return a.Records(ctx, func(r core.RawRecord) error {
			if n++; n > 200 {
				return errEnough
			}
			return yield(r)
		})
	}
	s, _ := records.Open(context.Background(), &part, "")
	return s != nil && s.Kind == records.Text
}

// sets are the texts of all files together, and each store.
func sets(artifacts []*core.Artifact) []*core.Set {
	var files, beside []*core.Artifact
	var out []*core.Set
	for _, a := range artifacts {
		a.Walk(func(m *core.Artifact) {
			c := *m
			c.Members = nil
			switch {
			case m.Role == core.RoleQueries || m.Role == core.RoleHosts:
				beside = append(beside, &c)
			case m.Role == core.RoleDocuments && m.Raw != nil:
				files = append(files, &c)
			case m.Role != core.RoleOther && m.Records != nil && (m.Role == core.RoleDocuments || isStore(m)): // the vectors of a store may be rows, too
				out = append(out, &core.Set{Name: m.Path(), Artifacts: []*core.Artifact{&c}})
			}
		})
	}
	if len(files) > 0 {
		out = append([]*core.Set{{Name: folderOf(files), Artifacts: files}}, out...)
	}
	for _, s := range out {
		s.Artifacts = append(s.Artifacts, beside...)
	}
	return out
}

// folderOf names files by the folder that holds them all.
func folderOf(files []*core.Artifact) string {
	if len(files) == 1 {
		return files[0].Path()
	}
	dir := path.Dir(files[0].File)
	for _, f := range files {
		for dir != "." && dir != "/" && !strings.HasPrefix(f.File, dir+"/") {
			dir = path.Dir(dir)
		}
	}
	if dir == "." {
		return "documents"
	}
	return dir
}

func load(ctx context.Context, l *core.Loading) (*core.Loaded, error) {
	s := &Set{Name: l.Set.Name}
	has := map[core.Role]bool{core.RoleDocuments: true}
	info := &core.SetInfo{Subject: "documents", Name: s.Name, Files: l.Set.FilesOf(), Unit: "documents", Notes: slices.Clone(l.Set.Notes)}
	var where core.Location
	for _, a := range l.Set.Artifacts {
		err := s.take(ctx, a)
		if err != nil {
			return nil, err
		}
		has[a.Role] = true
		part := core.Given{Role: a.Role, Path: a.Path(), Used: true}
		if s.Store != nil && a.Role != core.RoleQueries && a.Role != core.RoleHosts {
			part.Rows = int64(s.Store.Rows)
		}
		info.Parts = append(info.Parts, part)
		if where.File == "" && a.Role != core.RoleQueries && a.Role != core.RoleHosts {
			where = a.Whole()
		}
	}
	if s.Count == 0 {
		return nil, nil
	}
	info.Rows, info.Usable, info.Notes = s.Count, s.Count, append(info.Notes, s.Notes...)
	if s.Store != nil && len(s.Notes) > 0 {
		f := &core.Finding{Rule: RuleUnread.ID, Severity: core.Low, Confidence: core.HighConfidence, Where: where, Title: "Rows of the store were not looked at", Saw: strings.Join(s.Notes, " "), Unread: true}
		if err := l.Emit(core.Event{Finding: f}); err != nil {
			return nil, err
		}
	}
	return &core.Loaded{Data: s, Info: info, Where: where, Has: has, Of: func([]core.Role) string { return fmt.Sprintf("on %d documents", s.Count) }}, nil
}

// take adds what a is to the set.
func (s *Set) take(ctx context.Context, a *core.Artifact) error {
	switch {
	case a.Role == core.RoleQueries:
		lines, err := linesOf(ctx, a)
		s.Queries = append(s.Queries, lines...)
		return err
	case a.Role == core.RoleHosts:
		lines, err := linesOf(ctx, a)
		s.Hosts = append(s.Hosts, lines...)
		return err
	case a.Raw != nil && a.Records == nil || a.Raw != nil && !isStore(a):
		s.Files = append(s.Files, a)
		s.Count++
		return nil
	}
	store, err := records.Open(ctx, a, records.Text)
	if err != nil || store == nil {
		return err
	}
	s.Store, s.Count = store, store.Records
	s.Notes = append(s.Notes, store.LeftOut()...)
	return nil
}

// linesOf are the lines of a list, or the texts of its rows; at most 100,000.
func linesOf(ctx context.Context, a *core.Artifact) ([]string, error) {
	const most, mostList = 100_000, 16 << 20
	var out []string
	if a.Raw == nil && a.Records != nil {
		err := a.Records(ctx, func(r core.RawRecord) error {
			if len(out) == most {
				return errEnough
			}
			if t := records.TextOf(r); t != "" {
				out = append(out, t)
			}
			return nil
		})
		if err == errEnough {
			err = nil
		}
		return out, err
	}
	if a.Raw == nil {
		return nil, nil
	}
	b, err := core.ReadAll(a.Raw, mostList)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, mostList)
	for lines.Scan() && len(out) < most {
		if t := strings.TrimSpace(lines.Text()); t != "" && !strings.HasPrefix(t, "#") {
			out = append(out, t)
		}
	}
	return out, nil
}
