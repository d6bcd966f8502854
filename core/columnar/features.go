package columnar

import "encoding/json"

// feature is a column as the datasets library describes it, in the metadata
// that it writes into a file under "huggingface".
type feature struct {
	Type  string   `json:"_type"`
	Names []string `json:"names"` // of ClassLabel
}

// Features gives the columns the names of their labels. Text that is not of
// that form changes nothing: it is a description and no part of the values.
func Features(columns []*Type, text string) {
	const most = 16 << 20
	if len(text) > most {
		return
	}
	var doc struct {
		Info struct {
			Features map[string]json.RawMessage `json:"features"`
		} `json:"info"`
	}
	if json.Unmarshal([]byte(text), &doc) != nil {
		return
	}
	for _, c := range columns {
		raw, ok := doc.Info.Features[c.Name]
		if !ok || c.Kind != Int && c.Kind != Uint {
			continue
		}
		var f feature
		if json.Unmarshal(raw, &f) == nil && f.Type == "ClassLabel" {
			c.Names = f.Names
		}
	}
}
