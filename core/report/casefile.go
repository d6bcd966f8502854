package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"taster/core"
)

// CaseSchema is the schema of a case file.
const CaseSchema = "taster.case/1"

// CaseFile is work on a set of inputs to go on with another time: what people
// said of them and decided, and the report, which has the digests. It holds no
// data of the inputs but what the report quotes.
type CaseFile struct {
	Schema       string                 `json:"schema"`
	Tool         string                 `json:"tool"`
	Case         Case                   `json:"case"`
	Roles        map[string]core.Role   `json:"roles,omitempty"`  // by artifact path
	Params       map[string]core.Params `json:"params,omitempty"` // by detector
	Digests      string                 `json:"digests,omitempty"`
	Dispositions map[string]Disposition `json:"dispositions,omitempty"` // by finding id
	Report       json.RawMessage        `json:"report,omitempty"`       // of [Schema]
}

// WriteCase writes a case with the report of in.
func WriteCase(w io.Writer, c CaseFile, in Input) error {
	var b bytes.Buffer
	if err := writeJSON(&b, in); err != nil {
		return err
	}
	c.Schema, c.Tool, c.Case, c.Dispositions, c.Report = CaseSchema, core.Version, in.Case, in.Dispositions, b.Bytes()
	out, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(out, '\n'))
	return err
}

// ReadCase reads a case, and the report in it; nil where it has none.
func ReadCase(b []byte) (*CaseFile, *Earlier, error) {
	var c CaseFile
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, nil, fmt.Errorf("%w: case: %w", core.ErrMalformed, err)
	}
	if c.Schema != CaseSchema {
		return nil, nil, fmt.Errorf("%w: schema %.40q is not %q", core.ErrMalformed, c.Schema, CaseSchema)
	}
	if len(c.Report) == 0 {
		return &c, nil, nil
	}
	earlier, err := ReadEarlier(c.Report)
	if err != nil {
		return nil, nil, fmt.Errorf("case: %w", err)
	}
	c.Report = nil
	return &c, earlier, nil
}
