package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"taster/core"
)

// Earlier is the part of a JSON report that is read back, to compare a run with
// one before it.
type Earlier struct {
	Schema   string           `json:"schema"`
	Inputs   []EarlierInput   `json:"inputs"`
	Findings []EarlierFinding `json:"findings"`
	Datasets []EarlierDataset `json:"datasets"`
	Coverage []core.Coverage  `json:"coverage"`
}

// EarlierInput is a file of an earlier run. SHA256 is "" when it was not made.
type EarlierInput struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// EarlierFinding is a finding of an earlier run.
type EarlierFinding struct {
	ID       string        `json:"id"`
	Rule     string        `json:"rule"`
	Severity core.Severity `json:"severity"`
	Path     string        `json:"path"`
	Member   string        `json:"member"`
	Class    string        `json:"class"`
	Title    string        `json:"title"`
	Rows     []int         `json:"rows"`
}

// EarlierDataset is what an earlier run measured on its data.
type EarlierDataset struct {
	Rows    int `json:"rows"`
	Classes []struct {
		Class string `json:"class"`
		Size  int    `json:"size"`
	} `json:"classes"`
	Detectors []struct {
		ID      string           `json:"id"`
		Flagged []int            `json:"flagged"`
		Classes []map[string]any `json:"classes"`
	} `json:"detectors"`
}

// ReadEarlier reads a report of [Schema]. Fields that it does not know are
// passed over.
func ReadEarlier(b []byte) (*Earlier, error) {
	var e Earlier
	if err := json.Unmarshal(b, &e); err != nil {
		return nil, fmt.Errorf("%w: JSON report: %w", core.ErrMalformed, err)
	}
	if e.Schema != Schema {
		return nil, fmt.Errorf("%w: the schema is %.60q, not %q", core.ErrUnsupported, e.Schema, Schema)
	}
	return &e, nil
}

// AsEarlier is r as ReadEarlier reads it back from its JSON report.
func AsEarlier(r *core.Report) (*Earlier, error) {
	var b bytes.Buffer
	if err := writeJSON(&b, Input{Report: r}); err != nil {
		return nil, err
	}
	return ReadEarlier(b.Bytes())
}

// IDs are the finding ids of e, as a Baseline for [Input].
func (e *Earlier) IDs() map[string]bool {
	out := make(map[string]bool, len(e.Findings))
	for _, f := range e.Findings {
		out[f.ID] = true
	}
	return out
}

// IDs gives every finding of r the id that all formats print.
func IDs(r *core.Report) map[*core.Finding]string {
	out := make(map[*core.Finding]string, len(r.Findings))
	seen := map[string]int{}
	for _, f := range r.Sorted() {
		out[f] = unique(seen, f.Key())
	}
	return out
}
