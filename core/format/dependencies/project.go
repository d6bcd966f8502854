package dependencies

import (
	"context"
	"fmt"
	"path"
	"strings"

	"taster/core"
	"taster/core/requirement"
)

// Project reads pyproject.toml, Pipfile, and the lock files of uv and Poetry.
var Project = &core.Format{
	Name:  "python-project",
	Title: "Python project or lock file",
	Text:  true,
	Match: matchProject,
	Open:  openProject,
}

func matchProject(head []byte, src core.Source) string {
	if !isText(head) {
		return ""
	}
	base := path.Base(src.Name())
	switch base {
	case "pyproject.toml", "Pipfile":
		return "TOML with the name of a Python project"
	case "uv.lock", "poetry.lock", "pdm.lock", "pylock.toml":
		return "TOML with the name of a lock file"
	}
	if !strings.HasSuffix(base, ".toml") {
		return ""
	}
	for _, table := range []string{"[build-system]", "[project]", "[tool.poetry]"} {
		if strings.Contains("\n"+string(head), "\n"+table) {
			return "TOML with the table " + table
		}
	}
	return ""
}

func openProject(ctx context.Context, src core.Source, o *core.Opener) error {
	text, err := read(src, o)
	if err != nil {
		return err
	}
	p := project{o: o, lock: strings.HasSuffix(path.Base(src.Name()), ".lock") || path.Base(src.Name()) == "pylock.toml"}
	n := 0
	eachPair(text, func(x pair) bool {
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return false
		}
		p.pair(x)
		return true
	})
	p.flush()
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "requirements", Value: fmt.Sprint(len(o.Artifact.Uses))})
	return ctx.Err()
}

// project is a file being read.
type project struct {
	o       *core.Opener
	lock    bool
	locked  core.Use // the element of a lock file that is being read
	started bool
}

// tables whose keys are packages and whose values are versions.
func isPoetry(table string) bool {
	return table == "tool.poetry.dependencies" || table == "tool.poetry.dev-dependencies" || table == "packages" || table == "dev-packages" ||
		strings.HasPrefix(table, "tool.poetry.group.") && strings.HasSuffix(table, ".dependencies")
}

func (p *project) pair(x pair) {
	switch {
	case p.lock:
		p.lockPair(x)
	case x.start:
	case isPoetry(x.table):
		p.poetry(x)
	case x.table == "project" && x.key == "dependencies", x.table == "project.optional-dependencies", x.table == "dependency-groups",
		x.table == "build-system" && x.key == "requires", x.table == "tool.uv" && strings.HasSuffix(x.key, "dependencies"):
		if x.text {
			add(p.o, requirement.Parse(x.value, "project"), int64(x.at), x.row)
		}
	case x.table == "tool.uv.sources" && strings.HasPrefix(x.value, "{"):
		p.source(x)
	case x.key == "url" && (x.table == "tool.poetry.source" || x.table == "tool.uv.index" || x.table == "source" || x.table == "tool.pdm.source"),
		x.table == "tool.uv" && (x.key == "index-url" || x.key == "extra-index-url"):
		if strings.Contains(x.value, "://") {
			add(p.o, []core.Use{{Kind: core.UseIndex, Name: x.value, By: x.table}}, int64(x.at), x.row)
		}
	}
}

// poetry reads name = "^1.2" and name = {version = "1.2", git = "..."}.
func (p *project) poetry(x pair) {
	name, version, _ := strings.Cut(x.key, ".")
	if version != "" && version != "version" || name == "python" {
		return
	}
	u := core.Use{Kind: core.UsePackage, Name: name, Version: x.value, By: "project"}
	if strings.HasPrefix(x.value, "{") {
		u.Version = field(x.value, "version")
		p.source(x)
	}
	// Poetry and pipenv take a bare version for a caret range, and "==" for itself.
	u.Pinned = strings.HasPrefix(u.Version, "==") && !strings.ContainsAny(u.Version, "*,")
	add(p.o, []core.Use{u}, int64(x.at), x.row)
}

// source reads {git = "...", rev = "..."} and {url = "..."}.
func (p *project) source(x pair) {
	u := core.Use{Kind: core.UseSource, By: "project"}
	if git := field(x.value, "git"); git != "" {
		u.Name = "git+" + git
		for _, key := range []string{"rev", "ref", "tag", "branch"} {
			if v := field(x.value, key); v != "" && u.Version == "" {
				u.Version = v
			}
		}
		u.Pinned = core.IsCommit(u.Version)
	} else if url := field(x.value, "url"); url != "" {
		u.Name = url
		u.Pinned = strings.Contains(url, "sha256=")
	} else {
		return
	}
	add(p.o, []core.Use{u}, int64(x.at), x.row)
}

// lockPair reads one pair of [[package]].
func (p *project) lockPair(x pair) {
	if x.start && (x.table == "package" || x.table == "packages") {
		p.flush()
		p.started = true
		p.locked = core.Use{Kind: core.UsePackage, By: "lock file", Pinned: true, Offset: int64(x.at), Line: x.row}
		return
	}
	if !p.started || x.table != "package" && x.table != "packages" {
		return
	}
	switch x.key {
	case "name":
		p.locked.Name = x.value
	case "version":
		p.locked.Version = "==" + x.value
	}
}

func (p *project) flush() {
	if p.started && p.locked.Name != "" {
		p.o.AddUse(p.locked)
	}
	p.started = false
}
