package core

// Bill is a bill of materials: what a product is said to be made of.
type Bill struct {
	Form       string // "CycloneDX 1.6", "SPDX 3.0.1"
	Signed     bool   // it carries a signature, which is not checked
	Components []Component
}

// Component is one part that a [Bill] lists.
type Component struct {
	Kind    string // as written: "machine-learning-model", "data", "library", "file", "ai_AIPackage"
	Name    string // with its group: "org/name"
	Version string
	PURL    string // package URL
	Licence string
	Subject bool     // it is what the bill is of
	Files   []string // where it was found, by the bill's evidence
	Hashes  []Claim  // of its content; Path is Name
	Offset  int64
}

// IsModel says whether the component is a model.
func (c *Component) IsModel() bool {
	return c.Kind == "machine-learning-model" || c.Kind == "ai_AIPackage"
}

// IsData says whether the component is data.
func (c *Component) IsData() bool { return c.Kind == "data" || c.Kind == "dataset_DatasetPackage" }
