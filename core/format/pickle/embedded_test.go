package pickle

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

// Files that calls are given as bytes are opened in every form that bytes take.
func TestEmbedded(t *testing.T) {
	inner := proto(2) + global("os", "system") + "S'id'\n\x85R."
	var utf8 strings.Builder
	for _, c := range []byte(inner) {
		utf8.WriteRune(rune(c))
	}
	escaped := strings.NewReplacer("\x80", `\x80`, "\x02", `\x02`, "\n", `\n`, "\x85", `\x85`, "'", `\'`).Replace(inner)
	raw := strings.NewReplacer("\x80", `\u0080`, "\n", `\u000a`).Replace(inner)
	raw = strings.NewReplacer("\x02", `\u0002`, "\x85", `\u0085`).Replace(raw)
	loads := global("pickle", "loads")
	tests := map[string]string{
		"bytes":           data(inner),
		"str of Python 2": short(inner),
		"latin1 text":     global("_codecs", "encode") + text(utf8.String()) + text("latin1") + tuple2 + reduce,
		"STRING":          "S'" + escaped + "'\n",
		"UNICODE":         global("_codecs", "encode") + "V" + raw + "\n" + text("latin1") + tuple2 + reduce,
	}
	for name, literal := range tests {
		t.Run(name, func(t *testing.T) {
			stream := join(loads, literal, tuple1, reduce, stop)
			a, _ := coretest.Open(t, []*core.Format{Format}, core.Bytes("a.pkl", stream))
			if len(a.Members) != 1 || len(a.Members[0].Imports) != 1 || a.Members[0].Imports[0].Path() != "os.system" {
				t.Fatalf("members %+v, want one that imports os.system", a.Members)
			}
		})
	}
}

// Two files in equal calls are both opened; data that is no file is left alone.
func TestEmbeddedSeveral(t *testing.T) {
	loads := global("torch.storage", "_load_from_bytes")
	one := func(s string) string { return loads + data(s) + tuple1 + reduce + "0" }
	o := openBytes(t, join(one("PK\x03\x04 a zip"), one("PK\x03\x04 another"), one(base64.StdEncoding.EncodeToString([]byte("PK\x03\x04 text"))), "N."), core.Limits{})
	if d := cmp.Diff([]string{"bytes@32", "bytes@79"}, o.nested); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
