package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
)

// group are strings of one object that loaders take together.
type group struct {
	target, path          jsonwalk.Text // Hydra: a look-up and what it looks up
	module, class, loader jsonwalk.Text // skops: the type of a node
	kind, content         jsonwalk.Text // tokenizers: a step and what it puts in
	pattern               jsonwalk.Text // ... and the text or expression it replaces
}

// gather notes t, which stands at p, if it is one of a group.
func (p *place) gather(t jsonwalk.Text) {
	if p.index >= 0 {
		return
	}
	var field func(*group) *jsonwalk.Text
	at := p
	switch p.key {
	case "_target_":
		field = func(g *group) *jsonwalk.Text { return &g.target }
	case "path":
		field = func(g *group) *jsonwalk.Text { return &g.path }
	case "__module__":
		field = func(g *group) *jsonwalk.Text { return &g.module }
	case "__class__":
		field = func(g *group) *jsonwalk.Text { return &g.class }
	case "__loader__":
		field = func(g *group) *jsonwalk.Text { return &g.loader }
	case "type":
		field = func(g *group) *jsonwalk.Text { return &g.kind }
	case "content":
		field = func(g *group) *jsonwalk.Text { return &g.content }
	case "String", "Regex":
		if p.parent.index >= 0 || p.parent.key != "pattern" || p.parent.parent == nil {
			return
		}
		at, field = p.parent, func(g *group) *jsonwalk.Text { return &g.pattern }
	default:
		return
	}
	if at.group == nil {
		at.group = &group{}
	}
	*field(at.group) = t
}

// together keeps what the strings of the object at p say together.
func (r *reader) together(p *place) error {
	g := p.group
	if g == nil {
		return nil
	}
	p.group = nil
	switch {
	case g.path.Value != "" && strings.HasPrefix(g.target.Value, "hydra.utils.get_"):
		return r.target(p, "path", g.path, g.path.Value)
	case g.class.Value != "" && g.loader.Value != "":
		name := strings.TrimPrefix(g.module.Value+"."+g.class.Value, ".")
		if r.types[name] || len(r.types) > maxTexts {
			return nil
		}
		r.types[name] = true
		return r.target(p, "__class__", g.class, name)
	case g.kind.Value == "Replace" && g.pattern.Value != "":
		p.key = "content"
		return r.keep(core.Text{Name: p.String(), Kind: core.TextReplacement, Offset: g.pattern.Place(0), Place: g.pattern.Place,
			Value: strconv.Quote(g.pattern.Value) + " -> " + strconv.Quote(g.content.Value)}, maxText)
	case r.modules && isDotted(g.kind.Value):
		return r.target(p, "type", g.kind, g.kind.Value)
	}
	return nil
}

// target keeps a target that stands under key.
func (r *reader) target(p *place, key string, at jsonwalk.Text, value string) error {
	p.key = key
	return r.keep(core.Text{Name: p.String(), Kind: core.TextTarget, Value: value, Offset: at.Place(0), Place: at.Place}, maxText)
}

// gatherPart notes the strings of an array in the outermost object, which may
// be a part of a pipeline: "unet": ["diffusers", "UNet2DConditionModel"].
func (r *reader) gatherPart(p *place, t jsonwalk.Text) {
	if p.index < 0 || p.parent.parent == nil || p.parent.parent.parent != nil || p.parent.index >= 0 {
		return
	}
	key := p.parent.key
	if part, ok := r.parts[key]; ok {
		part.Value += "." + t.Value
		if p.index > 1 || len(part.Value) > 500 {
			part.Value = ""
		}
		r.parts[key] = part
		return
	}
	if p.index == 0 && len(r.parts) < maxTexts && isDotted("x."+t.Value) {
		r.parts[key] = core.Text{Name: key, Kind: core.TextTarget, Value: t.Value, Offset: t.Place(0), Place: t.Place}
	}
}

// pipeline keeps the parts of a pipeline of diffusers, which imports their
// libraries.
func (r *reader) pipeline() error {
	if r.top["_diffusers_version"] == jsonwalk.Invalid {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(r.parts)) {
		part := r.parts[key]
		if key == "_class_name" {
			part.Kind = core.TextAutoMap // a pipeline of the repository: ["pipeline", "MyPipeline"]
		}
		if isDotted(part.Value) {
			if err := r.keep(part, maxText); err != nil {
				return err
			}
		}
	}
	return nil
}
