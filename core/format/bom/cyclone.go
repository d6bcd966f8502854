package bom

import (
	"slices"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
)

var (
	kinds = []string{"application", "framework", "library", "container", "platform", "operating-system", "device", "device-driver", "firmware", "file", "machine-learning-model", "data", "cryptographic-asset"}
	// lengths are hex digits of digests by the names of CycloneDX.
	lengths = map[string]int{"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-384": 96, "SHA-512": 128, "SHA3-256": 64, "SHA3-384": 96, "SHA3-512": 128,
		"BLAKE2b-256": 64, "BLAKE2b-384": 96, "BLAKE2b-512": 128, "BLAKE3": 0, "Streebog-256": 64, "Streebog-512": 128}
	versions = []string{"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"}
)

// cyclone reads CycloneDX.
func (r *reader) cyclone(doc *jsonwalk.Value) error {
	version := doc.Get("specVersion")
	r.bill.Form = strings.TrimSpace("CycloneDX " + clip(version.String()))
	r.bill.Signed = doc.Get("signature") != nil
	if f := doc.Get("bomFormat"); f.String() != "CycloneDX" {
		if err := r.broken(f, doc.Offset, "bomFormat is not \"CycloneDX\""); err != nil {
			return err
		}
	}
	if !slices.Contains(versions, version.String()) {
		if err := r.broken(version, doc.Offset, "specVersion is %.40q, which is not known", version.String()); err != nil {
			return err
		}
	}
	if n := doc.Get("version"); n != nil && !isPositive(n) {
		if err := r.broken(n, 0, "version is no whole number from 1"); err != nil {
			return err
		}
	}
	if s := doc.Get("serialNumber"); s != nil && !strings.HasPrefix(s.String(), "urn:uuid:") {
		if err := r.broken(s, 0, "serialNumber is no urn:uuid"); err != nil {
			return err
		}
	}
	if subject := doc.Get("metadata").Get("component"); subject != nil {
		if err := r.component(subject, true, 0); err != nil {
			return err
		}
	}
	if err := r.components(doc.Get("components"), 0); err != nil {
		return err
	}
	for _, s := range items(doc.Get("services")) {
		if err := r.ref(s); err != nil {
			return err
		}
	}
	return r.dependencies(doc.Get("dependencies"))
}

func isPositive(v *jsonwalk.Value) bool {
	n, err := strconv.Atoi(v.Text)
	return v.Kind == jsonwalk.Number && err == nil && n >= 1
}

func items(v *jsonwalk.Value) []*jsonwalk.Value {
	if v == nil {
		return nil
	}
	return v.Items
}

func (r *reader) components(list *jsonwalk.Value, depth int) error {
	if list == nil {
		return nil
	}
	if list.Kind != jsonwalk.Array {
		return r.broken(list, 0, "components is no list")
	}
	for _, c := range list.Items {
		if err := r.component(c, false, depth); err != nil {
			return err
		}
	}
	return nil
}

// ref remembers the bom-ref of v, which must be the only one of its kind.
func (r *reader) ref(v *jsonwalk.Value) error {
	ref := v.Get("bom-ref")
	if ref == nil {
		return nil
	}
	if _, again := r.refs[ref.String()]; again {
		return r.broken(ref, 0, "bom-ref %.80q stands twice", ref.String())
	}
	r.refs[ref.String()] = ref.Offset
	return nil
}

func (r *reader) component(v *jsonwalk.Value, subject bool, depth int) error {
	if err := r.ctx.Err(); err != nil || depth > maxDepth {
		return err
	}
	if v.Kind != jsonwalk.Object {
		return r.broken(v, 0, "a component is no object")
	}
	kind, name := v.Get("type"), v.Get("name")
	if !slices.Contains(kinds, kind.String()) {
		if err := r.broken(kind, v.Offset, "the type of a component is %.40q, which is not known", kind.String()); err != nil {
			return err
		}
	}
	if name.String() == "" {
		if err := r.broken(name, v.Offset, "a component has no name"); err != nil {
			return err
		}
	}
	if err := r.ref(v); err != nil {
		return err
	}
	c := core.Component{Kind: clip(kind.String()), Name: clip(name.String()), Version: clip(v.Get("version").String()), PURL: clip(v.Get("purl").String()), Subject: subject, Offset: v.Offset}
	if name != nil {
		c.Offset = name.Offset
	}
	if group := v.Get("group").String(); group != "" && !strings.Contains(c.Name, "/") {
		c.Name = clip(group) + "/" + c.Name
	}
	c.Licence = licence(v.Get("licenses"))
	for _, o := range items(v.Get("evidence").Get("occurrences")) {
		if len(c.Files) < 100 {
			c.Files = append(c.Files, clip(o.Get("location").String()))
		}
	}
	if err := r.hashes(v.Get("hashes"), &c); err != nil {
		return err
	}
	if err := r.add(c); err != nil {
		return err
	}
	if err := r.origins(v); err != nil {
		return err
	}
	return r.components(v.Get("components"), depth+1)
}

// hashes reads the digests of a component.
func (r *reader) hashes(list *jsonwalk.Value, c *core.Component) error {
	for _, h := range items(list) {
		alg, content := h.Get("alg"), h.Get("content")
		n, known := lengths[alg.String()]
		digest := strings.ToLower(content.String())
		switch {
		case !known:
			if err := r.broken(alg, h.Offset, "a digest is made by %.40q, which is not known", alg.String()); err != nil {
				return err
			}
			continue
		case n > 0 && len(digest) != n || digest == "" || strings.Trim(digest, "0123456789abcdef") != "":
			if err := r.broken(content, h.Offset, "a digest by %s does not have %d hex digits", alg.String(), n); err != nil {
				return err
			}
			continue
		}
		c.Hashes = append(c.Hashes, core.Claim{Path: c.Name, Algorithm: core.Algorithm(alg.String()), Digest: digest, Size: -1, Offset: h.Offset})
	}
	return nil
}

// licence is the first licence of a list.
func licence(list *jsonwalk.Value) string {
	for _, l := range items(list) {
		for _, s := range []string{l.Get("expression").String(), l.Get("license").Get("id").String(), l.Get("license").Get("name").String()} {
			if s != "" {
				return clip(s)
			}
		}
	}
	return ""
}

// origins reads what a model was made of: ancestors, and data sets of its card
// that are not components themselves.
func (r *reader) origins(v *jsonwalk.Value) error {
	for _, a := range items(v.Get("pedigree").Get("ancestors")) {
		if err := r.component(a, false, maxDepth); err != nil {
			return err
		}
	}
	for _, d := range items(v.Get("modelCard").Get("modelParameters").Get("datasets")) {
		if name := d.Get("name").String(); name != "" {
			if err := r.add(core.Component{Kind: "data", Name: clip(name), Offset: d.Get("name").Offset}); err != nil {
				return err
			}
		}
	}
	return nil
}

// dependencies must name components.
func (r *reader) dependencies(list *jsonwalk.Value) error {
	for i, d := range items(list) {
		if i%1024 == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		for _, ref := range append([]*jsonwalk.Value{d.Get("ref")}, items(d.Get("dependsOn"))...) {
			if _, ok := r.refs[ref.String()]; ok || ref == nil {
				continue
			}
			if err := r.broken(ref, 0, "a dependency names %.80q, which is no component", ref.String()); err != nil {
				return err
			}
		}
	}
	return nil
}
