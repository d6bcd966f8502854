// Package bom reads bills of materials: CycloneDX in JSON, versions 1.2 to 1.7,
// and SPDX 2.2, 2.3 and 3.0 in JSON. Components become facts, and those that are
// models, data sets or packages become uses. What breaks the form is reported.
//
// References: CycloneDX specification 1.7 (ECMA-424); SPDX 2.3; SPDX 3.0.1, AI
// and Dataset profiles; package-url specification.
package bom

import (
	"context"
	"fmt"
	"path"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
)

// Format recognises a JSON object that says it is a bill of materials.
var Format = &core.Format{
	Name:  "bom",
	Title: "bill of materials (CycloneDX, SPDX)",
	Rules: []core.Rule{ruleSchema},
	Text:  true,
	Match: match,
	Open:  open,
}

var ruleSchema = core.Rule{ID: "BOM-SCHEMA", Title: "The bill of materials breaks its own form", Severity: core.Medium,
	Matters: "Programs that read it skip what they do not understand, or stop: what it lists there is not seen.",
	Benign:  "A tool that writes an older or newer form than it says.",
	Do:      "Check the bill against the published schema, and make it again.",
	Refs:    []string{"AML.M0023", "LLM03:2025", "CWE-1286"}}

const (
	maxBytes      = 64 << 20
	maxValues     = 4_000_000
	maxComponents = 100_000
	maxDepth      = 50 // components inside components
	maxText       = 500
)

func match(head []byte, src core.Source) string {
	s := strings.TrimLeft(strings.TrimPrefix(string(head), "\ufeff"), " \t\r\n")
	if !strings.HasPrefix(s, "{") {
		return ""
	}
	compact := strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "").Replace(s)
	base := strings.ToLower(path.Base(src.Name()))
	switch {
	case strings.Contains(compact, `"bomFormat":"CycloneDX"`), strings.Contains(compact, "cyclonedx.org/schema/bom-"):
		return "a JSON object that says it is CycloneDX"
	case strings.Contains(compact, `"spdxVersion":"SPDX-`), strings.Contains(compact, "spdx.org/rdf/3."):
		return "a JSON object that says it is SPDX"
	case strings.HasSuffix(base, ".cdx.json"), strings.HasSuffix(base, ".spdx.json"), base == "bom.json", base == "sbom.json":
		return "a JSON object with the name of a bill of materials"
	}
	return ""
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	b, err := core.ReadAll(src, min(maxBytes, o.Limits.Header))
	if err != nil {
		return fmt.Errorf("bill of materials: %w", err)
	}
	doc, parseErr := jsonwalk.Parse(b, 0, maxValues)
	if doc == nil {
		return parseErr
	}
	r := &reader{ctx: ctx, o: o, tally: core.NewTally(o), bill: &core.Bill{}, refs: map[string]int64{}}
	if doc.Get("spdxVersion") != nil || doc.Get("@graph") != nil || doc.Get("@context") != nil {
		err = r.spdx(doc)
	} else {
		err = r.cyclone(doc)
	}
	if err != nil {
		return err
	}
	o.Artifact.Bill = r.bill
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "form", Value: r.bill.Form}, core.Meta{Name: "components", Value: fmt.Sprint(len(r.bill.Components))})
	if r.bill.Signed {
		o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "signature", Value: "inside, not checked"})
	}
	if parseErr != nil {
		return parseErr
	}
	return r.tally.Close()
}

// reader reads one bill.
type reader struct {
	ctx   context.Context
	o     *core.Opener
	tally *core.Tally
	bill  *core.Bill
	refs  map[string]int64 // bom-ref: where it stands
}

// broken reports a break of the form at v.
func (r *reader) broken(v *jsonwalk.Value, at int64, format string, args ...any) error {
	if v != nil {
		at = v.Offset
	}
	return r.tally.Report(&ruleSchema, at, fmt.Sprintf(format, args...), fmt.Sprintf("%s says otherwise.", r.bill.Form))
}

// add keeps a component, and what it uses.
func (r *reader) add(c core.Component) error {
	if len(r.bill.Components) >= maxComponents {
		return core.AtOffset(c.Offset, fmt.Errorf("%w: more than %d components", core.ErrLimit, maxComponents))
	}
	r.bill.Components = append(r.bill.Components, c)
	u := core.Use{Name: c.Name, Version: c.Version, By: "bill of materials", Licence: c.Licence, Offset: c.Offset}
	if c.Subject {
		u.By = "subject of the bill of materials"
	}
	purl := parsePURL(c.PURL)
	switch {
	case purl.kind == "huggingface":
		u.Kind, u.Name, u.Version = core.UseModel, purl.name, purl.version
		u.Pinned = core.IsCommit(purl.version)
		if c.IsData() {
			u.Kind = core.UseDataset
		}
	case c.IsModel():
		u.Kind, u.Pinned = core.UseModel, core.IsCommit(c.Version)
	case c.IsData():
		u.Kind, u.Pinned = core.UseDataset, core.IsCommit(c.Version)
	case purl.kind == "pypi":
		u.Kind, u.Name, u.Version, u.Pinned = core.UsePackage, path.Base(purl.name), "=="+purl.version, purl.version != ""
	default:
		return nil
	}
	r.o.AddUse(u)
	return nil
}

// purl is a package URL in its parts.
type purl struct{ kind, name, version string }

// parsePURL reads "pkg:huggingface/org/name@version?query#path".
func parsePURL(s string) purl {
	rest, ok := strings.CutPrefix(s, "pkg:")
	if !ok {
		return purl{}
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	kind, rest, _ := strings.Cut(rest, "/")
	name, version := rest, ""
	if i := strings.LastIndexByte(rest, '@'); i > 0 {
		name, version = rest[:i], rest[i+1:]
	}
	return purl{strings.ToLower(kind), unescape(name), unescape(version)}
}

// unescape replaces %XX; what is no escape stays.
func unescape(s string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := strings.IndexByte(digits, s[i+1]|0x20), strings.IndexByte(digits, s[i+2]|0x20)
			if hi >= 0 && lo >= 0 {
				b.WriteByte(byte(hi<<4 | lo))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return strings.ToValidUTF8(b.String(), "\ufffd")
}

func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxText)], "") }
