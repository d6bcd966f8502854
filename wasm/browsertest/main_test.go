//go:build !js

package browsertest_test

import (
	"fmt"
	"os"
	"testing"
)

// TestMain goes to the top of the repository, where make puts what it builds.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
