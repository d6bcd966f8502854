package dependencies

import (
	"context"
	"fmt"
	"path"
	"strings"

	"taster/core"
	"taster/core/requirement"
)

// Conda reads environments: YAML with a list of dependencies, in which "pip" may
// have a list of its own.
var Conda = &core.Format{
	Name:  "conda-environment",
	Title: "conda environment",
	Text:  true,
	Match: matchConda,
	Open:  openConda,
}

// maxProbe is how many bytes are looked at to tell a list of conda's from
// other YAML.
const maxProbe = 256 << 10

func matchConda(head []byte, src core.Source) string {
	ext := strings.ToLower(path.Ext(src.Name()))
	if ext != ".yml" && ext != ".yaml" || !isText(head) {
		return ""
	}
	if longer, err := core.Head(src, maxProbe); err == nil { // remarks before the first key can be long
		head = longer
	}
	s := "\n" + string(head)
	if strings.Contains(s, "\ndependencies:") && (strings.Contains(s, "\nchannels:") || strings.Contains(s, "- pip") || strings.Contains(s, "- python")) {
		return "YAML with dependencies of conda"
	}
	return ""
}

func openConda(ctx context.Context, src core.Source, o *core.Opener) error {
	text, err := read(src, o)
	if err != nil {
		return err
	}
	at, row := int64(0), 0
	inside, pip := false, -1 // column of the list below "pip:"
	for line := range strings.Lines(text) {
		if row++; row%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		content, column := cutRemark(line)
		where := at + int64(column)
		at += int64(len(line))
		if content == "" {
			continue
		}
		item, isItem := strings.CutPrefix(content, "- ")
		item = strings.Trim(strings.TrimSpace(item), `"'`)
		switch {
		case !isItem && column == 0:
			inside = strings.HasPrefix(content, "dependencies:")
			pip = -1
		case !inside || !isItem:
		case pip >= 0 && column > pip:
			require(o, item, where+2, row)
		case strings.HasPrefix(item, "pip:"):
			pip = column
		default:
			pip = -1
			conda(o, item, where+2, row)
		}
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "requirements", Value: fmt.Sprint(len(o.Artifact.Uses))})
	return nil
}

// conda adds "channel::name=version=build".
func conda(o *core.Opener, item string, at int64, row int) {
	if _, after, ok := strings.Cut(item, "::"); ok {
		item = after
	}
	name, version, _ := strings.Cut(item, "=")
	exact := version != "" && !strings.ContainsAny(version, "<>*|,") && !strings.ContainsAny(name, "<>!~ ")
	if !exact {
		uses := requirement.Parse(item, "conda")
		add(o, uses, at, row)
		return
	}
	version = strings.TrimLeft(version, "=")
	version, _, _ = strings.Cut(version, "=")
	add(o, []core.Use{{Kind: core.UsePackage, Name: name, Version: "==" + version, Pinned: true, By: "conda"}}, at, row)
}
