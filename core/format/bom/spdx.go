package bom

import (
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
)

// spdx reads SPDX 2 (packages and files) and 3 (a graph).
func (r *reader) spdx(doc *jsonwalk.Value) error {
	if v := doc.Get("spdxVersion"); v != nil {
		r.bill.Form = "SPDX " + strings.TrimPrefix(clip(v.String()), "SPDX-")
		for _, list := range []string{"packages", "files"} {
			for _, p := range items(doc.Get(list)) {
				if err := r.spdxPackage(p, list); err != nil {
					return err
				}
			}
		}
		return nil
	}
	r.bill.Form = "SPDX " + contextVersion(doc.Get("@context"))
	graph := doc.Get("@graph")
	if graph == nil {
		graph = &jsonwalk.Value{Kind: jsonwalk.Array, Items: []*jsonwalk.Value{doc}}
	}
	for _, e := range items(graph) {
		if err := r.element(e); err != nil {
			return err
		}
	}
	return nil
}

// contextVersion is the version in the address of the context.
func contextVersion(v *jsonwalk.Value) string {
	s := v.String()
	for _, i := range items(v) {
		if strings.Contains(i.String(), "spdx.org/rdf/") {
			s = i.String()
		}
	}
	_, rest, _ := strings.Cut(s, "spdx.org/rdf/")
	version, _, _ := strings.Cut(rest, "/")
	return clip(version)
}

// spdxPackage reads a package or a file of SPDX 2.
func (r *reader) spdxPackage(v *jsonwalk.Value, list string) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	name := v.Get("name")
	kind := strings.ToLower(v.Get("primaryPackagePurpose").String())
	if list == "files" {
		name, kind = v.Get("fileName"), "file"
	}
	if name.String() == "" {
		return r.broken(v, 0, "a package has no name")
	}
	c := core.Component{Kind: clip(kind), Name: clip(strings.TrimPrefix(name.String(), "./")), Version: clip(v.Get("versionInfo").String()), Licence: clip(v.Get("licenseConcluded").String()), Offset: name.Offset}
	for _, ref := range items(v.Get("externalRefs")) {
		if ref.Get("referenceType").String() == "purl" {
			c.PURL = clip(ref.Get("referenceLocator").String())
		}
	}
	for _, h := range items(v.Get("checksums")) {
		if err := r.spdxHash(&c, h, h.Get("algorithm").String(), h.Get("checksumValue")); err != nil {
			return err
		}
	}
	return r.add(c)
}

// element reads an element of SPDX 3 that is software, a model or data.
func (r *reader) element(v *jsonwalk.Value) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	kind := v.Get("type").String()
	if kind == "" {
		kind = v.Get("@type").String()
	}
	switch kind {
	case "ai_AIPackage", "dataset_DatasetPackage", "software_Package", "software_File":
	default:
		return nil
	}
	name := v.Get("name")
	if name.String() == "" {
		return r.broken(v, 0, "an element has no name")
	}
	c := core.Component{Kind: kind, Name: clip(name.String()), Version: clip(v.Get("software_packageVersion").String()), PURL: clip(v.Get("software_packageUrl").String()), Offset: name.Offset}
	for _, h := range items(v.Get("verifiedUsing")) {
		if err := r.spdxHash(&c, h, h.Get("algorithm").String(), h.Get("hashValue")); err != nil {
			return err
		}
	}
	return r.add(c)
}

// spdxHash adds a digest, whose algorithm SPDX writes "SHA256" or "sha256".
func (r *reader) spdxHash(c *core.Component, h *jsonwalk.Value, alg string, value *jsonwalk.Value) error {
	name := strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(alg, "-", ""), "_", ""))
	for known, n := range lengths {
		if strings.ToUpper(strings.ReplaceAll(known, "-", "")) != name {
			continue
		}
		digest := strings.ToLower(value.String())
		if n > 0 && len(digest) != n || digest == "" || strings.Trim(digest, "0123456789abcdef") != "" {
			return r.broken(value, h.Offset, "a digest by %s does not have %d hex digits", known, n)
		}
		c.Hashes = append(c.Hashes, core.Claim{Path: c.Name, Algorithm: core.Algorithm(known), Digest: digest, Size: -1, Offset: h.Offset})
	}
	return nil
}
