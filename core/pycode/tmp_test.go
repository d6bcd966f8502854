package pycode

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestTmp(t *testing.T) {
	for _, f := range strings.Fields(os.Getenv("PYS")) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		facts, err := Read(t.Context(), []Part{{f, string(b)}})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("==", f)
		for _, c := range facts[0].Program.Calls {
			fmt.Printf("%d %s [%s %s] %s | %.100s | %v\n", c.Line, c.Does, c.When, c.Within, c.Name, c.Text, c.Args)
		}
		for _, u := range facts[0].Uses {
			fmt.Printf("   use %+v\n", u)
		}
	}
}
